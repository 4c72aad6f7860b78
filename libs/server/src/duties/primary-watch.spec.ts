import { MeshError, silentLogger } from '@mesh/base';
import type { ReadEndpoint, ReadOptions, ReadReply, Rpc } from '@mesh/resource';
import { ManualTimers } from '@mesh/testkit';
import { PrimaryWatch } from './primary-watch.ts';

const endpoint: ReadEndpoint<Record<string, never>, string> = {
  ...{ kind: 'read', method: 'Test.Get', acl: 'public', guard: 'public' },
  run: () => '',
};

/** A primary that answers when the test says so. */
class World {
  readonly timers = new ManualTimers();
  readonly asked: ReadOptions[] = [];
  readonly taken: string[] = [];
  refuses = false;
  private readonly waiting: {
    resolve(reply: ReadReply<string>): void;
    reject(error: Error): void;
  }[] = [];
  readonly watch = new PrimaryWatch({
    ...{ what: 'things', primary: 'dc1', endpoint, args: {}, logger: silentLogger },
    read: ((_endpoint: unknown, _args: unknown, options: ReadOptions) => {
      this.asked.push(options);
      return new Promise((resolve, reject) =>
        this.waiting.push({ resolve: resolve as never, reject }),
      );
    }) as Rpc['read'],
    take: async (value) => {
      if (this.refuses) throw new MeshError('no-leader', 'not the leader');
      this.taken.push(value);
    },
    platform: {
      timers: this.timers,
      random: { float: () => 0, bytes: () => new Uint8Array(), uuid: () => '' },
    },
  });

  async answer(value: string, index: number): Promise<void> {
    this.waiting.shift()!.resolve({ value, index, knownLeader: true, lastContactMs: 0 });
    await this.timers.advance(0);
    await new Promise(setImmediate);
    await this.timers.advance(0);
  }

  async fail(): Promise<void> {
    this.waiting.shift()!.reject(new MeshError('no-servers', 'No path to datacenter'));
    await new Promise(setImmediate);
  }
}

describe('following the primary datacenter', () => {
  it('takes over each answer, and waits for the next one', async () => {
    const world = new World();
    await world.watch.start();
    expect(world.asked[0]).toMatchObject({ datacenter: 'dc1', minIndex: 0, maxWaitMs: 60_000 });
    await world.answer('a', 7);
    await world.answer('b', 9);
    expect(world.taken).toEqual(['a', 'b']);
    expect(world.asked.map(({ minIndex }) => minIndex)).toEqual([0, 7, 9]);
    // Servers that were restored: begin anew.
    await world.answer('c', 3);
    expect(world.asked.at(-1)?.minIndex).toBe(0);
    await world.watch.stop();
  });

  it('tries again, ever more slowly, when it does not answer or the answer cannot be taken', async () => {
    const world = new World();
    await world.watch.start();
    for (const [tries, waitMs] of [1000, 2000, 4000].entries()) {
      await world.fail();
      expect(world.asked).toHaveLength(tries + 1);
      await world.timers.advance(waitMs);
      expect(world.asked).toHaveLength(tries + 2);
    }
    world.refuses = true;
    await world.answer('a', 7);
    expect(world.taken).toEqual([]);
    world.refuses = false;
    await world.timers.advance(8000);
    // What was not taken is asked for from the beginning.
    expect(world.asked.at(-1)?.minIndex).toBe(0);
    await world.answer('a', 7);
    expect(world.taken).toEqual(['a']);
    await world.watch.stop();
  });

  it('ends with the reign', async () => {
    const world = new World();
    await world.watch.start();
    await world.watch.stop();
    expect(world.asked[0]?.signal?.aborted).toBe(true);
    await world.answer('late', 7);
    expect([world.taken, world.timers.pending]).toEqual([[], 0]);
  });
});
