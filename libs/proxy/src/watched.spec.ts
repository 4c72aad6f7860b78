import { MeshError, type Platform } from '@mesh/base';
import { ManualTimers, until } from '@mesh/testkit';
import type { AgentAnswer } from './agent-http.ts';
import { AgentPresence } from './agent-presence.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { MemoryLogger } from './testing/memory-logger.ts';
import { platform } from './testing/proxy-world.ts';
import { Watched, type WatchedOptions } from './watched.ts';

const PATH = '/v1/thing';
const BAD = 'this is no value';

interface World {
  readonly agent: FakeAgent;
  readonly timers: ManualTimers;
  readonly logger: MemoryLogger;
  readonly values: unknown[];
  readonly watched: Watched<unknown>;
}

function world(more: Partial<WatchedOptions<unknown>> = {}): World {
  const agent = new FakeAgent();
  const timers = new ManualTimers();
  const logger = new MemoryLogger();
  const values: unknown[] = [];
  const random = { ...platform.random, float: () => 0 };
  const manual: Platform = { ...platform, timers, random };
  const watched = new Watched<unknown>({
    ...{ http: agent, path: PATH, what: 'thing', presence: new AgentPresence(logger) },
    ...{ platform: manual, logger },
    decode(value) {
      if (value === 'bad') throw new MeshError('invalid-argument', BAD);
      return value;
    },
    onValue: (value) => values.push(value),
    ...more,
  });
  return { agent, timers, logger, values, watched };
}

function asked({ agent }: World): number {
  return agent.asked.get(PATH) ?? 0;
}

/** Lets time pass, and what it set off happen. */
async function pass({ timers }: World, byMs: number): Promise<void> {
  await timers.advance(byMs);
  await new Promise(setImmediate);
}

describe('a watched value', () => {
  it('comes, and each change of it', async () => {
    const it = world();
    it.agent.set(PATH, '"one"');
    await it.watched.start();
    expect(it.values).toEqual(['one']);
    await pass(it, 20);
    it.agent.set(PATH, '"two"');
    await until('the change', () => it.values.length === 2);
    expect(it.values).toEqual(['one', 'two']);
    it.watched.stop();
  });

  it('is asked for with its position, as index or as hash, and for how long to wait', async () => {
    for (const by of ['index', 'hash'] as const) {
      const paths: string[] = [];
      const header = by === 'index' ? 'x-consul-index' : 'x-consul-contenthash';
      const http = {
        async ask(_method: string, path: string): Promise<AgentAnswer> {
          paths.push(path);
          return { status: 200, headers: { [header]: '7/a' }, text: '1' };
        },
      };
      const it = world({ by, http, path: '/v1/thing?passing' });
      await it.watched.start();
      await pass(it, 20);
      expect(paths).toEqual(['/v1/thing?passing', `/v1/thing?passing&${by}=7%2Fa&wait=60s`]);
      // The same position is the same value.
      expect(it.values).toEqual([1]);
      it.watched.stop();
    }
  });

  it('an index that goes back begins anew, one of 0 is polled', async () => {
    const paths: string[] = [];
    const indexes = ['9', '4', '0', '0'];
    const http = {
      async ask(_method: string, path: string): Promise<AgentAnswer> {
        const index = indexes[paths.length] ?? '0';
        return { status: 200, headers: { 'x-consul-index': index }, text: `${paths.push(path)}` };
      },
    };
    const it = world({ http });
    await it.watched.start();
    await pass(it, 20);
    expect(it.values).toEqual([1, 2]);
    await pass(it, 4999);
    expect(paths).toHaveLength(2);
    await pass(it, 1);
    await pass(it, 5000);
    expect(paths).toEqual([PATH, `${PATH}?index=9&wait=60s`, PATH, PATH]);
    it.watched.stop();
  });

  it('waits for an agent that is away at the start, longer and longer', async () => {
    const it = world();
    it.agent.isGone = true;
    const started = it.watched.start();
    await pass(it, 0);
    await pass(it, 249);
    expect(asked(it)).toBe(1);
    await pass(it, 1);
    expect(asked(it)).toBe(2);
    await pass(it, 499);
    expect(asked(it)).toBe(2);
    await pass(it, 60_000);
    const before = asked(it);
    await pass(it, 10_000);
    expect(asked(it)).toBe(before + 1);
    it.agent.isGone = false;
    it.agent.set(PATH, '"one"');
    await pass(it, 10_000);
    await started;
    expect(it.values).toEqual(['one']);
    expect(it.logger.matching('the agent is away')).toHaveLength(1);
    expect(it.logger.matching('the agent is back')).toHaveLength(1);
    it.watched.stop();
  });

  it('rejects what the agent refuses from the start', async () => {
    const it = world();
    await expect(it.watched.start()).rejects.toThrow('Unexpected response code: 404 (not found)');
    it.watched.stop();
  });

  it('waits while the agent has troubles of its own, then the wait is short again', async () => {
    const it = world();
    it.agent.set(PATH, 'No cluster leader', 500);
    const started = it.watched.start();
    await pass(it, 0);
    await pass(it, 250);
    expect(it.logger.matching('WARN going on with what is known: what=thing')).toEqual([
      'WARN going on with what is known: what=thing error=Unexpected response code: 500 (No cluster leader)',
    ]);
    it.agent.set(PATH, '"one"');
    await pass(it, 500);
    await started;
    expect(it.logger.matching('INFO the agent gives it again')).toHaveLength(1);
    it.agent.isGone = true;
    await pass(it, 20);
    const before = asked(it);
    await pass(it, 250);
    expect(asked(it)).toBe(before + 1);
    it.watched.stop();
  });

  it('a value that cannot be used leaves the last one, and is said once', async () => {
    const it = world();
    it.agent.set(PATH, '"one"');
    await it.watched.start();
    await pass(it, 20);
    it.agent.set(PATH, '"bad"');
    await until('the refusal', () => it.logger.matching(BAD).length === 1);
    await pass(it, 60_000);
    expect(it.logger.matching(BAD)).toHaveLength(1);
    expect(it.logger.matching('gives it again')).toEqual([]);
    expect(it.values).toEqual(['one']);
    it.agent.set(PATH, '"two"');
    await pass(it, 10_000);
    expect(it.values).toEqual(['one', 'two']);
    expect(it.logger.matching('gives it again')).toHaveLength(1);
    it.watched.stop();
  });

  it('a value that could not be taken is offered again', async () => {
    let isReady = false;
    const taken: unknown[] = [];
    const it = world({
      onValue(value) {
        if (taken.length > 0 && !isReady) throw new MeshError('unavailable', 'not now');
        taken.push(value);
      },
    });
    it.agent.set(PATH, '"one"');
    await it.watched.start();
    await pass(it, 20);
    it.agent.set(PATH, '"two"');
    await until('the refusal', () => it.logger.matching('not now').length === 1);
    isReady = true;
    await pass(it, 250);
    expect(taken).toEqual(['one', 'two']);
    it.watched.stop();
  });

  it('text that is no JSON is refused by the same rule', async () => {
    const http = {
      ask: async (): Promise<AgentAnswer> => ({ status: 200, headers: {}, text: '<html>' }),
    };
    const it = world({ http });
    await expect(it.watched.start()).rejects.toThrow('JSON');
    it.watched.stop();
  });

  it('asks no more once it is stopped', async () => {
    const it = world();
    it.agent.set(PATH, '"one"');
    await it.watched.start();
    it.watched.stop();
    await pass(it, 60_000);
    expect(asked(it)).toBe(1);
    expect(it.timers.pending).toBe(0);

    const other = world();
    other.agent.set(PATH, '"one"');
    await other.watched.start();
    await pass(other, 20);
    expect(asked(other)).toBe(2);
    other.watched.stop();
    await pass(other, 60_000);
    expect([asked(other), other.timers.pending, other.logger.lines]).toEqual([2, 0, []]);
  });
});
