import { CoreBench, entryOf, votersOf } from '../testing/core-bench.ts';

describe('reading (thesis 6.4)', () => {
  async function leading(): Promise<CoreBench> {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    bench.sent.length = 0;
    return bench;
  }

  test('waits for the no-op of the term', async () => {
    const bench = new CoreBench();
    await bench.lead();
    bench.core.readIndex(1, 'lease', bench.nowMs);
    await bench.settle();
    expect([bench.answers, bench.core.hasLease(bench.nowMs)]).toEqual([[], false]);
    await bench.acknowledge();
    const round = bench.take('heartbeat').at(-1)!;
    await bench.receive('heartbeat-response', { roundMs: round.roundMs });
    expect(bench.answers).toEqual([{ id: 1, index: 1 }]);
  });

  test('by a round that starts after the request, not by an older one', async () => {
    const bench = await leading();
    await bench.pass(100);
    const [old] = bench.take('heartbeat');
    bench.core.readIndex(1, 'quorum', bench.nowMs);
    await bench.settle();
    await bench.receive('heartbeat-response', { roundMs: old!.roundMs });
    expect(bench.answers).toEqual([]);
    const round = bench.take('heartbeat').find(({ to }) => to === 'c')!;
    expect(round.roundMs).toBeGreaterThan(old!.roundMs);
    await bench.receive('heartbeat-response', { from: 'c', roundMs: round.roundMs });
    expect(bench.answers).toEqual([{ id: 1, index: 1 }]);
  });

  test('with one round for all that ask, however long its answers take', async () => {
    const bench = await leading();
    for (let id = 1; id <= 3; id++) bench.core.readIndex(id, 'quorum', bench.nowMs);
    await bench.settle();
    const round = bench.take('heartbeat').at(-1)!;
    for (let at = 0; at < 5; at++) await bench.receive('heartbeat-response', { roundMs: -at });
    expect(bench.take('heartbeat')).toEqual([]);
    await bench.receive('heartbeat-response', { roundMs: round.roundMs });
    expect(bench.answers.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('by the lease at once, from when its round was sent and no longer', async () => {
    const bench = await leading();
    await bench.pass(100);
    const [round] = bench.take('heartbeat');
    const sentAtMs = round!.roundMs;
    await bench.pass(90);
    await bench.receive('heartbeat-response', { roundMs: round!.roundMs });
    expect(bench.core.hasLease(sentAtMs + 499)).toBe(true);
    expect(bench.core.hasLease(sentAtMs + 501)).toBe(false);
    bench.core.readIndex(1, 'lease', bench.nowMs);
    await bench.settle();
    expect(bench.answers).toEqual([{ id: 1, index: 1 }]);
  });

  test('of followers: answered to them; a leader that falls answers that it cannot say', async () => {
    const bench = await leading();
    await bench.receive('read-index', { from: 'c', id: 5, mode: 'quorum' });
    bench.core.readIndex(9, 'quorum', bench.nowMs);
    await bench.receive('heartbeat', { term: 3, roundMs: 1, commitIndex: 0 });
    expect(bench.take('read-index-response')).toMatchObject([{ to: 'c', id: 5, index: -1 }]);
    expect(bench.answers).toEqual([{ id: 9, index: -1 }]);
  });

  test('on a follower: asks the leader; knows nothing without one', async () => {
    const bench = new CoreBench({ term: 1 });
    bench.core.readIndex(1, 'lease', bench.nowMs);
    await bench.settle();
    expect(bench.answers).toEqual([{ id: 1, index: -1 }]);
    await bench.receive('heartbeat', { roundMs: 1, commitIndex: 0 });
    bench.core.readIndex(2, 'lease', bench.nowMs);
    await bench.settle();
    expect(bench.take('read-index')).toMatchObject([{ to: 'b', id: 2, mode: 'lease' }]);
    await bench.receive('read-index-response', { id: 2, index: 8 });
    expect(bench.answers.at(-1)).toEqual({ id: 2, index: 8 });
  });
});

describe('changing the servers (thesis 4)', () => {
  const add = { kind: 'add-non-voter', id: 'd', address: 'd:1' } as const;

  test('one at a time, and only once the term has committed something', async () => {
    const bench = new CoreBench();
    await bench.lead();
    expect(() => bench.core.changeConfiguration(add, bench.nowMs)).toThrow('not committed yet');
    await bench.acknowledge();
    expect(bench.core.changeConfiguration(add, bench.nowMs)?.index).toBe(2);
    const promote = { ...add, kind: 'add-voter' } as const;
    expect(() => bench.core.changeConfiguration(promote, bench.nowMs)).toThrow('not committed');
    await bench.settle();
    await bench.acknowledge();
    expect(bench.core.changeConfiguration(promote, bench.nowMs)?.index).toBe(3);
  });

  test('a non-voter gets the log and counts for nothing; a voter counts at once', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    bench.core.changeConfiguration(add, bench.nowMs);
    await bench.settle();
    expect(bench.take('append').map(({ to }) => to)).toContain('d');
    await bench.acknowledge('d');
    expect(bench.core.commitIndex).toBe(1);
    await bench.acknowledge('b');
    bench.core.changeConfiguration({ ...add, kind: 'add-voter' }, bench.nowMs);
    await bench.settle();
    await bench.acknowledge('b');
    expect(bench.core.commitIndex).toBe(2);
    await bench.acknowledge('d');
    expect(bench.core.commitIndex).toBe(3);
  });

  test('a truncated change is no change', async () => {
    const bench = new CoreBench({ term: 1 });
    const data = new TextEncoder().encode('[{"id":"a","address":"a:1","suffrage":"voter"}]');
    const change = { index: 1, term: 1, kind: 'configuration' as const, data };
    const at = { prevIndex: 0, prevTerm: 0, commitIndex: 0 };
    await bench.receive('append', { ...at, entries: [change] });
    expect(bench.core.configurations.latest.servers).toHaveLength(1);
    await bench.receive('append', { ...at, term: 2, from: 'c', entries: [entryOf(1, 2)] });
    expect(bench.core.configurations.latest.servers).toHaveLength(3);
  });

  test('a leader that is removed finishes that, and then goes', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    bench.core.changeConfiguration({ kind: 'remove', id: 'a' }, bench.nowMs);
    await bench.settle();
    await bench.acknowledge('b');
    expect(bench.core.role).toBe('leader');
    await bench.acknowledge('c');
    expect(bench.core.commitIndex).toBe(2);
    bench.core.applied(2);
    expect(bench.core.role).toBe('follower');
    expect(bench.core.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a snapshot of the leader (paper 7)', () => {
  const position = { index: 5, term: 2, configuration: votersOf('a', 'b'), configurationIndex: 4 };
  const offer = { term: 2, from: 'b', to: 'a', position, sizeBytes: 10 };

  test('is wanted when it is news, from a leader of this term or a newer one', () => {
    const bench = new CoreBench({ term: 3 });
    expect(bench.core.considerSnapshot(offer, bench.nowMs)).toBe('stale');
    expect(bench.core.considerSnapshot({ ...offer, to: 'z' }, bench.nowMs)).toBe('stale');
    expect(bench.core.considerSnapshot({ ...offer, term: 4 }, bench.nowMs)).toBe('take');
    expect([bench.core.term, bench.core.leaderId]).toEqual([4, 'b']);
  });

  test('takes the place of a log that does not agree with it', async () => {
    const bench = new CoreBench({ term: 2, entries: [entryOf(1, 1), entryOf(2, 1)] });
    expect(bench.core.snapshotInstalled(position, bench.nowMs)).toBe(true);
    await bench.settle();
    expect([bench.disk.entries, bench.disk.base]).toEqual([[], { index: 5, term: 2 }]);
    expect([bench.core.commitIndex, bench.core.log.lastIndex]).toEqual([5, 5]);
    expect(bench.core.configurations.latest.servers).toHaveLength(2);
    const entries = [entryOf(6, 2)];
    await bench.receive('append', { prevIndex: 5, prevTerm: 2, entries, commitIndex: 6 });
    expect(bench.take('append-response')).toMatchObject([{ ok: true, index: 6 }]);
  });

  test('leaves the entries behind it when the log agrees', async () => {
    const entries = [1, 1, 1, 1, 2, 2, 2].map((term, at) => entryOf(at + 1, term));
    const bench = new CoreBench({ term: 2, entries });
    bench.core.snapshotInstalled(position, bench.nowMs);
    await bench.settle();
    expect(bench.disk.entries.map(({ index }) => index)).toEqual([6, 7]);
    expect(bench.core.log.lastIndex).toBe(7);
  });

  test('that is older than what is committed changes nothing', () => {
    const entries = [1, 1, 1, 1, 2, 2].map((term, at) => entryOf(at + 1, term));
    const bench = new CoreBench({ term: 2, entries, commitIndex: 6 });
    expect(bench.core.considerSnapshot(offer, bench.nowMs)).toBe('held');
    expect(bench.core.snapshotInstalled(position, bench.nowMs)).toBe(false);
    expect(bench.core.log.base.index).toBe(0);
  });
});
