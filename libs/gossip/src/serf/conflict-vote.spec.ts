import { encodeSerf } from '../wire/serf-codec.ts';
import { ConflictVote } from './conflict-vote.ts';

const VERSIONS = {
  protocolMin: 1,
  protocolMax: 5,
  protocolCur: 2,
  delegateMin: 2,
  delegateMax: 5,
  delegateCur: 4,
};

function votes(...ports: (number | undefined)[]): ConflictVote {
  const vote = new ConflictVote({ host: '10.0.0.1', port: 1 });
  for (const port of ports) {
    const member = {
      name: 'm',
      host: '10.0.0.1',
      port: port ?? 0,
      tags: {},
      status: 1,
      ...VERSIONS,
    };
    vote.add(encodeSerf({ kind: 'conflictResponse', member: port ? member : undefined }));
  }
  return vote;
}

describe('ConflictVote', () => {
  it.each([
    ['alone for us', [1], true],
    ['alone for the other', [2], false],
    ['half', [1, 2], false],
    ['two of three', [1, 1, 2], true],
    ['one of three', [1, 2, 2], false],
    ['half of four', [1, 1, 2, 2], false],
    ['three of four', [1, 1, 1, 2], true],
    ['somebody who knows neither', [1, undefined], false],
    ['nobody', [], false],
  ] as const)('%s: %s wins %s', (_, ports, expected) => {
    expect(votes(...ports).isWon).toBe(expected);
  });

  it('does not count what is no answer', () => {
    const vote = votes(1);
    vote.add(new Uint8Array());
    vote.add(new Uint8Array([6, 0xc1]));
    vote.add(encodeSerf({ kind: 'join', lamportTime: 1, node: 'm' }));
    expect([vote.isWon, vote.tally]).toEqual([true, '1/1']);
  });

  it('looks at the host as well', () => {
    const vote = new ConflictVote({ host: '10.0.0.2', port: 1 });
    const member = { name: 'm', host: '10.0.0.1', port: 1, tags: {}, status: 1, ...VERSIONS };
    vote.add(encodeSerf({ kind: 'conflictResponse', member }));
    expect(vote.isWon).toBe(false);
  });
});
