import { CoreBench, entryOf, votersOf } from '../testing/core-bench.ts';

const pre = { preVote: true, granted: true } as const;
const real = { preVote: false, granted: true } as const;

describe('standing for election (Raft paper 5.2, thesis 9.6)', () => {
  test('a follower that hears nothing asks first, without raising its term', async () => {
    const bench = new CoreBench({ term: 3 });
    await bench.pass(2100);
    const asked = bench.take('vote-request');
    expect(asked.map(({ to }) => to)).toEqual(['b', 'c']);
    expect(asked[0]).toMatchObject({ preVote: true, term: 4, transfer: false });
    expect(bench.core.term).toBe(3);
    expect(bench.disk.hardState.term).toBe(3);
  });

  test('stands once a majority would vote for it; term and vote are stored first', async () => {
    const bench = new CoreBench({ term: 3 });
    await bench.pass(2100);
    bench.isDiskQuick = false;
    bench.sent.length = 0;
    await bench.receive('vote-response', { ...pre, term: 4 });
    expect(bench.core.term).toBe(4);
    expect(bench.take('vote-request')).toEqual([]);
    await bench.finishWrite();
    expect(bench.disk.hardState).toMatchObject({ term: 4, votedFor: 'a' });
    expect(bench.take('vote-request')).toMatchObject([
      { preVote: false, term: 4, to: 'b' },
      { preVote: false, term: 4, to: 'c' },
    ]);
  });

  test('leads with a majority, appends a no-op, and sends it at once', async () => {
    const bench = new CoreBench({ term: 1, entries: [entryOf(1, 1)] });
    await bench.lead();
    expect(bench.core.role).toBe('leader');
    const appends = bench.take('append');
    expect(appends.map(({ to }) => to)).toEqual(['b', 'c']);
    expect(appends[0]).toMatchObject({ term: 2, prevIndex: 1, prevTerm: 1 });
    expect(appends[0]!.entries).toMatchObject([{ index: 2, term: 2, kind: 'noop' }]);
  });

  test('a vote of its own does not make a majority of three, one of a stranger counts nothing', async () => {
    const bench = new CoreBench();
    await bench.pass(2100);
    await bench.receive('vote-response', { ...pre, from: 'z', term: 1 });
    expect(bench.core.term).toBe(0);
    await bench.receive('vote-response', { ...pre, term: 1 });
    await bench.receive('vote-response', { ...real, from: 'z' });
    expect(bench.core.role).toBe('candidate');
    await bench.receive('vote-response', { ...real, from: 'c' });
    expect(bench.core.role).toBe('leader');
  });

  test('votes of another term, and pre-votes as votes, count nothing', async () => {
    const bench = new CoreBench({ term: 5 });
    await bench.pass(2100);
    await bench.receive('vote-response', { ...pre, term: 6 });
    await bench.receive('vote-response', { ...real, term: 5 });
    await bench.receive('vote-response', { ...pre, term: 6 });
    expect(bench.core.role).toBe('candidate');
  });

  test('refused by a majority, it goes back to following and soon asks again', async () => {
    const bench = new CoreBench();
    await bench.pass(2100);
    for (const from of ['b', 'c']) {
      await bench.receive('vote-response', { from, preVote: true, granted: false });
    }
    expect(bench.core.role).toBe('follower');
    bench.take('vote-request');
    await bench.pass(500);
    expect(bench.take('vote-request')).toHaveLength(2);
    expect(bench.core.term).toBe(0);
  });

  test('a non-voter, and a server without configuration, never stand', async () => {
    const servers = [
      { id: 'a', address: 'a:1', suffrage: 'non-voter' as const },
      { id: 'b', address: 'b:1', suffrage: 'voter' as const },
    ];
    for (const configuration of [{ servers }, { servers: [] }]) {
      const bench = new CoreBench({ configuration });
      await bench.pass(10_000);
      await bench.receive('timeout-now', { roundMs: 9 });
      expect([bench.sent, bench.core.role]).toEqual([[], 'follower']);
      expect(bench.core.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test('the only voter elects itself at once, in a new term', async () => {
    const bench = new CoreBench({ term: 7, configuration: votersOf('a') });
    await bench.pass(10);
    expect([bench.core.role, bench.core.term]).toEqual(['leader', 8]);
    expect(bench.core.commitIndex).toBe(1);
    expect(bench.core.nextDeadlineMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('voting', () => {
  const request = { preVote: false, transfer: false, term: 1, lastIndex: 0, lastTerm: 0 };

  test('for one candidate a term, and only once that is stored', async () => {
    const bench = new CoreBench();
    bench.isDiskQuick = false;
    await bench.receive('vote-request', request);
    expect(bench.take('vote-response')).toEqual([]);
    await bench.finishWrite();
    expect(bench.take('vote-response')).toMatchObject([{ to: 'b', term: 1, granted: true }]);
    expect(bench.disk.hardState).toMatchObject({ term: 1, votedFor: 'b' });
    await bench.receive('vote-request', { ...request, from: 'c' });
    expect(bench.take('vote-response')).toMatchObject([{ to: 'c', granted: false }]);
    await bench.receive('vote-request', request);
    expect(bench.take('vote-response')).toMatchObject([{ to: 'b', granted: true }]);
  });

  test('remembers its vote over a restart', async () => {
    const bench = new CoreBench({ term: 4, votedFor: 'c' });
    await bench.pass(700);
    await bench.receive('vote-request', { ...request, term: 4 });
    expect(bench.take('vote-response')).toMatchObject([{ granted: false, term: 4 }]);
  });

  test.each([
    ['an older last term', 9, 1],
    ['a shorter log of the same term', 2, 2],
  ])('never for a log with %s (paper 5.4.1)', async (_what, lastIndex, lastTerm) => {
    const bench = new CoreBench({
      term: 2,
      entries: [entryOf(1, 1), entryOf(2, 2), entryOf(3, 2)],
    });
    await bench.pass(700);
    for (const preVote of [true, false]) {
      await bench.receive('vote-request', { ...request, preVote, term: 3, lastIndex, lastTerm });
      expect(bench.take('vote-response')).toMatchObject([{ granted: false }]);
    }
    await bench.receive('vote-request', { ...request, term: 4, lastIndex: 3, lastTerm: 2 });
    expect(bench.take('vote-response')).toMatchObject([{ granted: true }]);
  });

  test('a pre-vote binds nobody: term and vote stay', async () => {
    const bench = new CoreBench({ term: 1 });
    await bench.pass(700);
    const writes = bench.disk.writes;
    await bench.receive('vote-request', { ...request, preVote: true, term: 2 });
    expect(bench.take('vote-response')).toMatchObject([{ preVote: true, granted: true, term: 2 }]);
    expect([bench.core.term, bench.disk.writes]).toEqual([1, writes]);
    await bench.receive('vote-request', { ...request, preVote: true, term: 1 });
    expect(bench.take('vote-response')).toMatchObject([{ granted: false, term: 1 }]);
  });

  test('not while a leader is heard of, whose term is not taken over either', async () => {
    const bench = new CoreBench({ term: 1 });
    await bench.receive('heartbeat', { from: 'c', roundMs: 1, commitIndex: 0 });
    await bench.receive('vote-request', { ...request, term: 9 });
    expect(bench.take('vote-response')).toMatchObject([{ granted: false, term: 1 }]);
    expect(bench.core.term).toBe(1);
    await bench.receive('vote-request', { ...request, term: 9, transfer: true });
    expect(bench.take('vote-response')).toMatchObject([{ granted: true, term: 9 }]);
  });

  test('not within a lease after a restart: it may have supported a leader before', async () => {
    const bench = new CoreBench({ term: 1 });
    await bench.receive('vote-request', { ...request, term: 2 });
    expect(bench.take('vote-response')).toMatchObject([{ granted: false }]);
    await bench.pass(630);
    await bench.receive('vote-request', { ...request, term: 2 });
    expect(bench.take('vote-response')).toMatchObject([{ granted: true }]);
  });

  test('a promise of an older term is not sent when the disk is done at last', async () => {
    const bench = new CoreBench();
    bench.isDiskQuick = false;
    await bench.receive('vote-request', request);
    await bench.receive('vote-request', { ...request, from: 'c', term: 2 });
    await bench.finishWrite();
    expect(bench.take('vote-response')).toEqual([]);
    await bench.finishWrite();
    expect(bench.take('vote-response')).toMatchObject([{ to: 'c', term: 2, granted: true }]);
  });
});

describe('terms (paper 5.1)', () => {
  test('a newer one is taken over from any message, and stored', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.receive('append-response', { term: 8, ok: false, index: 0 });
    expect([bench.core.role, bench.core.term, bench.disk.hardState.term]).toEqual([
      'follower',
      8,
      8,
    ]);
    expect(bench.disk.hardState.votedFor).toBe('');
  });

  test('messages of older ones change nothing; their leader is told', async () => {
    const bench = new CoreBench({ term: 5 });
    await bench.receive('append', {
      term: 4,
      prevIndex: 0,
      prevTerm: 0,
      entries: [entryOf(1, 4)],
      commitIndex: 1,
    });
    expect(bench.take('append-response')).toMatchObject([{ ok: false, term: 5 }]);
    await bench.receive('heartbeat', { term: 4, roundMs: 3, commitIndex: 0 });
    expect(bench.take('heartbeat-response')).toMatchObject([{ term: 5, roundMs: 3 }]);
    await bench.receive('read-index', { term: 4, id: 7, mode: 'lease' });
    expect(bench.take('read-index-response')).toMatchObject([{ term: 5, id: 7, index: -1 }]);
    expect([bench.core.log.lastIndex, bench.core.leaderId]).toEqual([0, '']);
  });

  test('what is addressed to others is dropped', async () => {
    const bench = new CoreBench();
    await bench.receive('heartbeat', { to: 'z', term: 9, roundMs: 1, commitIndex: 0 });
    expect([bench.core.term, bench.sent]).toEqual([0, []]);
  });

  test('a second leader in a term is not believed', async () => {
    const bench = new CoreBench({ term: 2 });
    await bench.receive('heartbeat', { from: 'b', roundMs: 1, commitIndex: 0 });
    await bench.receive('append', {
      ...{ from: 'c', prevIndex: 0, prevTerm: 0, entries: [entryOf(1, 2)], commitIndex: 0 },
    });
    expect([bench.core.leaderId, bench.core.log.lastIndex]).toEqual(['b', 0]);
  });
});

describe('leaving office', () => {
  test('without a majority within the lease it steps down', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.pass(490);
    expect(bench.core.role).toBe('leader');
    await bench.pass(110);
    expect(bench.core.role).toBe('follower');
    expect(bench.events.map(({ kind }) => kind)).toContain('lost-quorum');
  });

  test('hands over to a voter that has everything, and lets go of its lease', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    expect(bench.core.transfer('z', bench.nowMs)).toBeUndefined();
    expect(bench.core.transfer('a', bench.nowMs)).toBeUndefined();
    await bench.propose('late');
    bench.sent.length = 0;
    expect(bench.core.transfer('b', bench.nowMs)).toBe('b');
    await bench.settle();
    expect(bench.take('timeout-now')).toEqual([]);
    await bench.acknowledge();
    expect(bench.take('timeout-now')).toMatchObject([{ to: 'b' }]);
    expect(bench.core.hasLease(bench.nowMs)).toBe(false);
    await bench.receive('vote-request', {
      ...{ term: 2, preVote: false, transfer: true, lastIndex: 2, lastTerm: 1 },
    });
    expect(bench.core.role).toBe('follower');
    expect(bench.events).toContainEqual({ kind: 'transfer-ended', target: 'b', ok: true });
  });

  test('a hand-over that takes too long is called off; the lease is back with the next round', async () => {
    const bench = new CoreBench();
    await bench.lead();
    await bench.acknowledge();
    bench.core.transfer('b', bench.nowMs);
    for (let at = 0; at < 11; at++) {
      await bench.settle();
      for (const { roundMs, to } of bench.take('heartbeat')) {
        await bench.receive('heartbeat-response', { from: to, roundMs });
      }
      await bench.pass(100);
    }
    expect(bench.core.role).toBe('leader');
    expect(bench.events).toContainEqual({ kind: 'transfer-ended', target: 'b', ok: false });
    expect(bench.core.isHandingOver).toBe(false);
    expect(bench.core.hasLease(bench.nowMs)).toBe(true);
  });

  test('the target stands at once, past pre-vote and leases', async () => {
    const bench = new CoreBench({ term: 1 });
    await bench.receive('heartbeat', { roundMs: 1, commitIndex: 0 });
    await bench.receive('timeout-now', { roundMs: 0 });
    expect(bench.take('vote-request')).toEqual([]);
    await bench.receive('timeout-now', { roundMs: 1 });
    expect(bench.take('vote-request')[0]).toMatchObject({
      ...{ term: 2, preVote: false, transfer: true },
    });
  });

  test('when the leader is gone for certain, it stands as soon as votes are free', async () => {
    const bench = new CoreBench({ term: 1 });
    await bench.receive('heartbeat', { roundMs: 1, commitIndex: 0 });
    bench.core.peerGone('c', bench.nowMs);
    bench.core.peerGone('b', bench.nowMs);
    bench.sent.length = 0;
    await bench.pass(620);
    expect(bench.take('vote-request')).toEqual([]);
    await bench.pass(140);
    expect(bench.take('vote-request')).toHaveLength(2);
  });
});
