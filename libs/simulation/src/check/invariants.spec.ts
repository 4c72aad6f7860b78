import type { ConsensusStatus, LogEntry } from '@mesh/raft';
import { Invariants } from './invariants.ts';

const entry = (index: number, term: number, text = 'x'): LogEntry => ({
  index,
  term,
  kind: 'command',
  data: new TextEncoder().encode(text),
});

const status = (changes: Partial<ConsensusStatus>): ConsensusStatus => ({
  role: 'follower',
  term: 1,
  commitIndex: 0,
  lastApplied: 0,
  lastLogIndex: 9,
  lastLogTerm: 1,
  lastSnapshotIndex: 0,
  lastSnapshotTerm: 0,
  pending: 0,
  leaderId: '',
  leaderAddress: '',
  lastContactMs: -1,
  servers: [
    { id: 'a', address: 'a:1', suffrage: 'voter' },
    { id: 'b', address: 'b:1', suffrage: 'voter' },
  ],
  configurationIndex: 1,
  ...changes,
});

const empty = {
  hardState: { term: 3, votedFor: 'a', commitIndex: 0 },
  base: { index: 0, term: 0 },
  entries: [],
};

describe('what is watched', () => {
  let invariants: Invariants;

  beforeEach(() => {
    invariants = new Invariants();
    for (const id of ['a', 'b']) invariants.onStart(id);
  });

  test('two leaders in a term', () => {
    invariants.look('a', status({ role: 'leader', term: 2 }));
    invariants.look('b', status({ role: 'leader', term: 3 }));
    expect(() => invariants.look('b', status({ role: 'leader', term: 3 }))).not.toThrow();
    invariants.onStart('a');
    expect(() => invariants.look('a', status({ role: 'leader', term: 3 }))).toThrow('election');
  });

  test('a leader without a committed entry, and one without a vote', () => {
    invariants.onApply('b', entry(12, 2));
    expect(() => invariants.look('a', status({ role: 'leader', term: 4 }))).toThrow('completeness');
    const servers = [{ id: 'b', address: 'b:1', suffrage: 'non-voter' as const }];
    expect(() =>
      invariants.look(
        'b',
        status({ role: 'leader', term: 5, lastLogIndex: 12, lastLogTerm: 2, servers }),
      ),
    ).toThrow('without a vote');
  });

  test('different entries applied at an index, entries skipped or repeated', () => {
    invariants.onApply('a', entry(1, 1));
    expect(() => invariants.onApply('b', entry(1, 1, 'y'))).toThrow('state machine safety');
    expect(() => invariants.onApply('a', entry(3, 1))).toThrow('applied 3 after 1');
  });

  test('a term or commitIndex that falls within a life', () => {
    invariants.look('a', status({ term: 4, commitIndex: 5 }));
    expect(() => invariants.look('a', status({ term: 3, commitIndex: 5 }))).toThrow('term fell');
    expect(() => invariants.look('a', status({ term: 4, commitIndex: 4 }))).toThrow('commitIndex');
    invariants.onStart('a');
    expect(() => invariants.look('a', status({ term: 3, commitIndex: 2 }))).not.toThrow();
  });

  test('an older term or a second vote on disk, two entries of one index and term', () => {
    const disk = invariants.disk('a');
    const write = (term: number, votedFor: string) =>
      disk.onWrite(empty, { hardState: { term, votedFor, commitIndex: 0 }, entries: [] });
    expect(() => write(2, 'a')).toThrow('older term');
    expect(() => write(3, 'b')).toThrow('second vote');
    expect(() => write(4, 'b')).not.toThrow();
    disk.onWrite(empty, { entries: [entry(1, 1)] });
    expect(() => disk.onWrite(empty, { entries: [entry(1, 1, 'y')] })).toThrow('log matching');
  });
});
