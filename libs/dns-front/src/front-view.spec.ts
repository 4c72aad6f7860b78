import { MeshError } from '@mesh/base';
import type { Follower, QuerySource } from './agent-link.ts';
import { FrontView } from './front-view.ts';
import { manualPlatform } from './testing/manual-platform.ts';

/** Queries are answered when the test says so. */
class ScriptedSource implements QuerySource {
  readonly followers = new Map<string, Follower>();

  follow(path: string, follower: Follower): () => void {
    this.followers.set(path, follower);
    return () => this.followers.delete(path);
  }

  get(): Promise<never> {
    throw new Error('nobody asks once');
  }

  answer(path: string, body: unknown, status = 200): void {
    this.followers.get(path)!.onAnswer(status, body);
  }

  doubt(path: string): void {
    this.followers.get(path)!.onDoubt();
  }
}

const text = (_status: number, body: unknown): string => {
  if (typeof body !== 'string') throw new MeshError('unavailable', 'that is no text');
  return body;
};

function world(maxStaleMs = 1000) {
  const source = new ScriptedSource();
  const platform = manualPlatform();
  const view = new FrontView({ source, maxStaleMs, platform });
  return { source, platform, view };
}

/** A view that was asked /a and told `one`. */
async function told() {
  const all = world();
  const first = all.view.read('/a', text);
  all.source.answer('/a', 'one');
  return { ...all, first: await first };
}

describe('a view of queries', () => {
  it('waits for the first answer, and gives the last one without asking again', async () => {
    const { view, source, first } = await told();
    expect(first.value).toBe('one');
    source.answer('/a', 'two');
    expect((await view.read('/a', text)).value).toBe('two');
    expect(source.followers.size).toBe(1);
  });

  it('tells when an answer is no longer the right one', async () => {
    const { source, first } = await told();
    const stale = jest.fn();
    first.freshness!.onStale(stale);
    expect(first.freshness!.isFresh()).toBe(true);
    source.answer('/a', 'two');
    expect(stale).toHaveBeenCalledTimes(1);
    expect(first.freshness!.isFresh()).toBe(false);
    const late = jest.fn();
    first.freshness!.onStale(late);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it('does not wait for ever', async () => {
    const { view, platform } = world();
    const asked = expect(view.read('/a', text)).rejects.toThrow('no agent has answered /a yet');
    await platform.timers.advance(4000);
    await asked;
    expect(platform.timers.pending).toBe(0);
  });

  it('tells what it knew for max_stale, and no longer until it is confirmed', async () => {
    const { view, source, platform, first } = await told();
    source.doubt('/a');
    await platform.timers.advance(1000);
    // A second doubt does not start the time anew.
    source.doubt('/a');
    expect((await view.read('/a', text)).value).toBe('one');
    await platform.timers.advance(1);
    await expect(view.read('/a', text)).rejects.toThrow('what is known is too old');
    expect(first.freshness!.isFresh()).toBe(false);
    source.answer('/a', 'one');
    expect((await view.read('/a', text)).value).toBe('one');
  });

  it('takes an answer that says nothing of the catalog for a doubt', async () => {
    const { view, source, platform } = await told();
    source.answer('/a', { any: 'thing' });
    expect((await view.read('/a', text)).value).toBe('one');
    await platform.timers.advance(1001);
    await expect(view.read('/a', text)).rejects.toThrow('too old');
  });

  it('follows no more queries than an agent takes: the one not asked for longest gives way', async () => {
    const { view, source } = world();
    const paths = Array.from({ length: 901 }, (_, at) => `/${at}`);
    const asked = paths.map((path) => {
      const reading = view.read(path, text);
      source.answer(path, path);
      return reading;
    });
    const [first] = await Promise.all(asked);
    expect([view.size, source.followers.size]).toEqual([900, 900]);
    expect([...source.followers.keys()].slice(0, 2)).toEqual(['/1', '/2']);
    expect(first!.freshness!.isFresh()).toBe(false);
  });

  it('spares the queries that kept answers stand on', async () => {
    const { view, source } = world();
    for (let at = 0; at < 901; at++) {
      const reading = view.read(`/${at}`, text);
      source.answer(`/${at}`, '');
      if (at === 0) (await reading).freshness!.onStale(() => {});
    }
    expect([source.followers.has('/0'), source.followers.has('/1')]).toEqual([true, false]);
  });

  it('stops following what nobody asks for', async () => {
    const { view, source, platform } = await told();
    view.start();
    await platform.timers.advance(600_000);
    expect(source.followers.size).toBe(1);
    await platform.timers.advance(60_000);
    expect([source.followers.size, view.size]).toEqual([0, 0]);
    view.stop();
    expect(platform.timers.pending).toBe(0);
  });
});
