import { MeshError, noMetrics, silentLogger } from '@mesh/base';
import type { LogEntry } from './entry.ts';
import type { LegacyHardState as HardState, LegacyLogStore } from './legacy-log-store.ts';
import { SingleVoter } from './single-voter.ts';

/** A log that records batches and can be told to fail. */
class RecordingStore implements LegacyLogStore {
  firstIndex = 1;
  lastIndex = 0;
  batches: LogEntry[][] = [];
  state: HardState = { term: 0, votedFor: '' };
  failure: Error | undefined;

  hardState(): HardState {
    return this.state;
  }
  async saveHardState(state: HardState): Promise<void> {
    this.state = state;
  }
  async append(entries: readonly LogEntry[]): Promise<void> {
    if (this.failure) throw this.failure;
    this.batches.push([...entries]);
    this.lastIndex = entries.at(-1)!.index;
  }
  read(): readonly LogEntry[] {
    return this.batches.flat();
  }
  async compact(index: number): Promise<void> {
    this.firstIndex = index + 1;
  }
  async close(): Promise<void> {}
}

describe('SingleVoter', () => {
  let store: RecordingStore;
  let deferred: (() => void)[];
  let applied: number[];
  let refuse: MeshError | undefined;
  let voter: SingleVoter;

  beforeEach(async () => {
    store = new RecordingStore();
    deferred = [];
    applied = [];
    refuse = undefined;
    voter = new SingleVoter({
      serverId: 'a',
      address: '127.0.0.1:8300',
      store,
      defer: (callback) => deferred.push(callback),
      logger: silentLogger,
      metrics: noMetrics,
      trailingEntries: 4,
      apply: (entries) => {
        for (const entry of entries) applied.push(entry.index);
        return entries.map((entry) => refuse ?? entry.index);
      },
    });
  });

  const turn = () => {
    for (const callback of deferred.splice(0)) callback();
  };

  it('votes for itself on stable storage before it leads, and commits a no-op first', async () => {
    await voter.start();
    expect(store.state).toEqual({ term: 2, votedFor: 'a' });
    expect(store.batches[0]).toMatchObject([{ index: 1, term: 2, kind: 'noop' }]);
    expect(voter.status()).toMatchObject({ role: 'leader', commitIndex: 1, leaderId: 'a' });
  });

  it('refuses proposals while it does not lead', async () => {
    await expect(voter.propose(new Uint8Array(1))).rejects.toMatchObject({ code: 'no-leader' });
  });

  it('puts proposals of one turn into one batch and answers each with its own result', async () => {
    await voter.start();
    const results = [1, 2, 3].map((byte) => voter.propose(new Uint8Array([byte])));
    expect(deferred).toHaveLength(1);
    turn();
    expect(await Promise.all(results)).toEqual([2, 3, 4]);
    expect(store.batches.map((batch) => batch.length)).toEqual([1, 3]);
  });

  it('answers only after the entry is stored and applied', async () => {
    await voter.start();
    store.failure = new Error('disk full');
    const refused = voter.propose(new Uint8Array(1));
    turn();
    await expect(refused).rejects.toThrow('disk full');
    expect(applied).toEqual([1]);
    store.failure = undefined;
    const accepted = voter.propose(new Uint8Array(1));
    turn();
    expect(await accepted).toBe(2);
  });

  it('hands on an error that the state machine refuses with', async () => {
    await voter.start();
    refuse = new MeshError('conflict', 'no');
    const result = voter.propose(new Uint8Array(1));
    turn();
    await expect(result).rejects.toBe(refuse);
  });

  it('drops applied entries beyond the tail', async () => {
    await voter.start();
    for (let at = 0; at < 20; at++) {
      const done = voter.propose(new Uint8Array(1));
      turn();
      await done;
    }
    expect(store.lastIndex).toBe(21);
    expect(store.lastIndex - store.firstIndex).toBeLessThanOrEqual(8);
  });

  it('tells leadership, also to those who ask late, and fails what waits when it stops', async () => {
    const seen: boolean[] = [];
    voter.onLeadership((leading) => seen.push(leading));
    await voter.start();
    const waiting = voter.propose(new Uint8Array(1));
    const failed = expect(waiting).rejects.toMatchObject({ code: 'no-leader' });
    await voter.stop();
    await failed;
    expect(seen).toEqual([false, true, false]);
  });
});
