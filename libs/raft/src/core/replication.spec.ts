import { CoreBench, entryOf, votersOf } from '../testing/core-bench.ts';

const terms = (bench: CoreBench) => bench.disk.entries.map(({ term }) => term);
const texts = (bench: CoreBench) =>
  bench.disk.entries.map(({ data }) => new TextDecoder().decode(data));

describe('a follower takes entries (Raft paper 5.3)', () => {
  const log = [entryOf(1, 1), entryOf(2, 1), entryOf(3, 2)];

  test('that follow what it has, and acknowledges them once they are stored', async () => {
    const bench = new CoreBench({ term: 2, entries: log });
    bench.isDiskQuick = false;
    const entries = [entryOf(4, 2), entryOf(5, 2)];
    await bench.receive('append', { prevIndex: 3, prevTerm: 2, entries, commitIndex: 4 });
    expect(bench.take('append-response')).toEqual([]);
    expect(bench.core.commitIndex).toBe(4);
    expect(bench.core.applicableIndex).toBe(3);
    await bench.finishWrite();
    expect(bench.take('append-response')).toMatchObject([{ ok: true, index: 5, to: 'b' }]);
    expect(bench.core.applicableIndex).toBe(4);
    expect(terms(bench)).toEqual([1, 1, 2, 2, 2]);
  });

  test.each([
    ['beyond its end', 7, 2, 3, 2],
    ['of another term', 3, 3, 3, 2],
    ['of an older term', 3, 1, 2, 1],
  ])(
    'refuses those %s, and says where to go on',
    async (_what, prevIndex, prevTerm, hint, term) => {
      const bench = new CoreBench({ term: 3, entries: log });
      const entries = [entryOf(prevIndex + 1, 3)];
      await bench.receive('append', { prevIndex, prevTerm, entries, commitIndex: 9 });
      expect(bench.take('append-response')).toMatchObject([
        { ok: false, index: prevIndex, hintIndex: hint, hintTerm: term },
      ]);
      expect([bench.core.log.lastIndex, bench.core.commitIndex]).toEqual([3, 0]);
    },
  );

  test('drops what contradicts the leader, and nothing else', async () => {
    const bench = new CoreBench({ term: 3, entries: log });
    const same = { prevIndex: 1, prevTerm: 1, commitIndex: 0 };
    await bench.receive('append', { ...same, entries: [entryOf(2, 1)] });
    expect(terms(bench)).toEqual([1, 1, 2]);
    await bench.receive('append', { ...same, entries: [entryOf(2, 1), entryOf(3, 3)] });
    expect(terms(bench)).toEqual([1, 1, 3]);
    expect(bench.events).toContainEqual({ kind: 'truncated', from: 3, certain: false });
  });

  test('of a write that is overtaken by a contradiction only the latest stays', async () => {
    const bench = new CoreBench({ term: 3, entries: log });
    bench.isDiskQuick = false;
    const at = { prevIndex: 3, prevTerm: 2, commitIndex: 0 };
    await bench.receive('append', { ...at, entries: [entryOf(4, 3), entryOf(5, 3)] });
    await bench.receive('append', { ...at, from: 'c', term: 4, entries: [entryOf(4, 4)] });
    await bench.finishWrite();
    // What the first write stored is not acknowledged: it is gone from the log already.
    expect(bench.take('append-response')).toEqual([]);
    expect(bench.core.log.stableIndex).toBe(3);
    await bench.finishWrite();
    expect(bench.take('append-response')).toMatchObject([{ ok: true, index: 4, to: 'c' }]);
    expect(terms(bench)).toEqual([1, 1, 2, 4]);
  });

  test('a second time, without writing', async () => {
    const bench = new CoreBench({ term: 2, entries: log });
    const writes = bench.disk.writes;
    const entries = [entryOf(2, 1), entryOf(3, 2)];
    await bench.receive('append', { prevIndex: 1, prevTerm: 1, entries, commitIndex: 3 });
    expect(bench.take('append-response')).toMatchObject([{ ok: true, index: 3 }]);
    expect(bench.disk.writes).toBe(writes);
  });

  test.each([
    ['with a gap', [entryOf(5, 2)]],
    ['of falling terms', [entryOf(4, 1)]],
    ['of a term that does not exist', [entryOf(4, 9)]],
  ])('ignores messages %s', async (_what, entries) => {
    const bench = new CoreBench({ term: 2, entries: log });
    await bench.receive('append', { prevIndex: 3, prevTerm: 2, entries, commitIndex: 0 });
    expect([bench.core.log.lastIndex, bench.sent]).toEqual([3, []]);
  });

  test('never overwrites what is committed', async () => {
    const bench = new CoreBench({ term: 3, entries: log, commitIndex: 3 });
    const entries = [entryOf(3, 3)];
    await bench.receive('append', { prevIndex: 2, prevTerm: 1, entries, commitIndex: 3 });
    expect([terms(bench), bench.sent]).toEqual([[1, 1, 2], []]);
  });

  test('commits no further than what it was sent, nor than the leader says', async () => {
    const bench = new CoreBench({ term: 2, entries: log });
    await bench.receive('append', { prevIndex: 1, prevTerm: 1, entries: [], commitIndex: 3 });
    expect(bench.core.commitIndex).toBe(1);
    await bench.receive('heartbeat', { roundMs: 1, commitIndex: 2 });
    expect(bench.core.commitIndex).toBe(2);
    await bench.receive('heartbeat', { roundMs: 2, commitIndex: 1 });
    expect(bench.core.commitIndex).toBe(2);
  });
});

describe('a leader replicates', () => {
  test('commits when a majority has stored an entry of its term, its own disk included', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    expect(bench.core.commitIndex).toBe(1);
    bench.isDiskQuick = false;
    await bench.propose('x');
    // One follower alone is no majority of three while the leader has not stored it.
    await bench.acknowledge('b');
    expect(bench.core.commitIndex).toBe(1);
    await bench.finishWrite();
    expect(bench.core.commitIndex).toBe(2);
  });

  test('counts two followers without its own disk, but applies only what it has stored', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    bench.isDiskQuick = false;
    await bench.propose('x');
    await bench.acknowledge('b');
    await bench.acknowledge('c');
    expect([bench.core.commitIndex, bench.core.applicableIndex]).toEqual([2, 1]);
    await bench.finishWrite();
    expect(bench.core.applicableIndex).toBe(2);
  });

  test('never commits entries of older terms by counting (paper 5.4.2, figure 8)', async () => {
    const bench = new CoreBench({ term: 2, entries: [entryOf(1, 1), entryOf(2, 2)] });
    await bench.lead();
    await bench.receive('append-response', { ok: true, index: 2, hintIndex: 0, hintTerm: 0 });
    expect(bench.core.commitIndex).toBe(0);
    await bench.acknowledge();
    expect(bench.core.commitIndex).toBe(3);
  });

  test('sends entries while its own disk works, several appends at once, up to a limit', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    bench.sent.length = 0;
    bench.isDiskQuick = false;
    for (let at = 0; at < 6; at++) await bench.propose(`p${at}`);
    const toB = bench.take('append').filter(({ to }) => to === 'b');
    expect(toB.map(({ entries }) => entries.length)).toEqual([1, 1, 1]);
    await bench.receive('append-response', { ok: true, index: 2, hintIndex: 0, hintTerm: 0 });
    const next = bench.take('append');
    // What waited goes in one append, of at most four entries.
    expect(next.map(({ entries, prevIndex }) => [prevIndex, entries.length])).toEqual([[4, 3]]);
  });

  test('looks for the last entry in common by the hint, then streams', async () => {
    const bench = new CoreBench({
      term: 3,
      entries: [1, 1, 1, 2, 2, 3].map((term, at) => entryOf(at + 1, term)),
    });
    await bench.lead();
    bench.sent.length = 0;
    // The follower has terms 1 1 1 1 1: it agrees up to index 3.
    const refusal = { ok: false, index: 6, hintIndex: 5, hintTerm: 1 };
    await bench.receive('append-response', refusal);
    const [probe] = bench.take('append');
    expect(probe).toMatchObject({ prevIndex: 3, prevTerm: 1 });
    expect(probe!.entries.map(({ index }) => index)).toEqual([4, 5, 6]);
    await bench.receive('append-response', refusal);
    expect(bench.take('append')).toEqual([]);
    await bench.receive('append-response', { ok: true, index: 7, hintIndex: 0, hintTerm: 0 });
    expect(bench.core.progress[0]).toMatchObject({ matchIndex: 7, state: 'replicate' });
  });

  test('sends again what was lost: after a refusal, a broken connection, or silence', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    await bench.propose('x');
    bench.sent.length = 0;
    bench.core.peerGone('b', bench.nowMs);
    await bench.settle();
    expect(bench.take('append')).toMatchObject([{ to: 'b', prevIndex: 1 }]);
    for (let at = 0; at < 8; at++) {
      await bench.pass(100);
      const rounds = bench.sent.filter((sent) => sent.kind === 'heartbeat' && sent.to === 'b');
      const roundMs = (rounds.at(-1) as { roundMs: number } | undefined)?.roundMs;
      if (roundMs !== undefined) await bench.receive('heartbeat-response', { roundMs });
    }
    expect(bench.take('append').filter(({ to }) => to === 'b').length).toBeGreaterThan(0);
  });

  test('tells idle followers soon what is committed', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    await bench.pass(150);
    await bench.propose('x');
    await bench.acknowledge();
    bench.sent.length = 0;
    await bench.pass(20);
    expect(bench.take('heartbeat')[0]).toMatchObject({ to: 'b', commitIndex: 2 });
    await bench.pass(60);
    expect(bench.take('heartbeat')).toEqual([]);
  });

  test('sends a snapshot where its log no longer reaches, and goes on behind it', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge('b');
    await bench.propose('x', 'y', 'z');
    await bench.acknowledge('b');
    bench.core.applied(4);
    bench.core.compact(3);
    await bench.settle();
    expect(bench.disk.base).toEqual({ index: 3, term: 1 });
    await bench.receive('append-response', {
      ...{ from: 'c', ok: false, index: 0, hintIndex: 0, hintTerm: 0 },
    });
    bench.core.peerGone('c', bench.nowMs);
    await bench.settle();
    expect(bench.snapshotsWanted).toEqual(['c']);
    bench.sent.length = 0;
    bench.core.snapshotSent('c', 4, true, bench.nowMs);
    await bench.settle();
    expect(bench.take('append')).toMatchObject([{ to: 'c', prevIndex: 4 }]);
  });

  test('a refused write is taken back when it is alone, and certainly so', async () => {
    const bench = new CoreBench({ configuration: votersOf('a') });
    await bench.pass(10);
    bench.isDiskQuick = false;
    await bench.propose('x');
    bench.core.refused(bench.nowMs);
    expect(bench.core.log.lastIndex).toBe(1);
    await bench.propose('y');
    expect(bench.events).toContainEqual({ kind: 'truncated', from: 2, certain: true });
    await bench.finishWrite();
    expect([texts(bench), bench.core.commitIndex]).toEqual([['', 'y'], 2]);
  });

  test('with others, who may have it, the leader of a refused write steps down and keeps it', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    bench.isDiskQuick = false;
    await bench.propose('x');
    bench.core.refused(bench.nowMs);
    expect([bench.core.role, bench.core.log.lastIndex]).toEqual(['follower', 2]);
    await bench.settle();
    await bench.finishWrite();
    expect(texts(bench)).toEqual(['', 'x']);
  });
});
