import fc from 'fast-check';
import { aliveLine, clockLines, notAliveLine, replayLines } from './snapshot-lines.ts';

const n1 = { name: 'n1', address: { host: '10.0.0.1', port: 8301 } };

describe('lines of the snapshot file', () => {
  it('are as serf writes them', () => {
    expect(aliveLine(n1)).toBe('alive: n1 10.0.0.1:8301\n');
    expect(aliveLine({ name: 'a b', address: { host: '::1', port: 1 } })).toBe(
      'alive: a b [::1]:1\n',
    );
    expect(notAliveLine('a b')).toBe('not-alive: a b\n');
    const none = { clock: 0, eventClock: 0, queryClock: 0 };
    expect(clockLines({ clock: 5, eventClock: 3, queryClock: 0 }, none)).toBe(
      'clock: 5\nevent-clock: 3\n',
    );
    expect(clockLines(none, none)).toBe('');
  });

  it('hold no name that would be a line of its own', () => {
    expect(aliveLine({ ...n1, name: 'x 1.2.3.4:1\nleave' })).toBeUndefined();
    expect(notAliveLine('x\r')).toBeUndefined();
  });

  it('are replayed', () => {
    const text =
      'alive: n1 10.0.0.1:8301\nalive: n 2 [2001:DB8::2]:8301\nclock: 7\nalive: n3 10.0.0.3:8301\n' +
      '# a remark\ncoordinate: {}\nnot-alive: n3\nevent-clock: 4\nquery-clock: 2\nclock: 9\n' +
      'alive: n1 10.0.0.9:8301\n';
    expect(replayLines(text, false)).toEqual({
      members: [
        { name: 'n1', address: { host: '10.0.0.9', port: 8301 } },
        { name: 'n 2', address: { host: '2001:db8::2', port: 8301 } },
      ],
      memory: { clock: 9, eventClock: 4, queryClock: 2 },
      damaged: [],
    });
  });

  it('before a leave are forgotten, unless the agent is to rejoin', () => {
    const text = 'alive: n1 10.0.0.1:8301\nclock: 7\nleave\nalive: n2 10.0.0.2:8301\n';
    const { members, memory } = replayLines(text, false);
    expect(members.map(({ name }) => name)).toEqual(['n2']);
    expect(memory.clock).toBe(0);
    const kept = replayLines(text, true);
    expect(kept.members.map(({ name }) => name)).toEqual(['n1', 'n2']);
    expect(kept.memory.clock).toBe(7);
  });

  it.each([
    'alive: n1',
    'alive: n1 10.0.0.1',
    'alive: n1 10.0.0.1:0',
    'alive: n1 10.0.0.1:65536',
    'alive: n1 host:8301',
    'alive:  10.0.0.1:8301',
    'alive: 10.0.0.1:8301',
    'clock: ',
    'clock: -1',
    'clock: 1e3',
    'clock: 9007199254740991',
    'clock: 99999999999999999999',
    'living: n1',
    'aliv',
    '\u0000\u0001',
  ])('without sense are left out: %j', (line) => {
    const { members, memory, damaged } = replayLines(`${line}\nalive: n1 10.0.0.1:8301\n`, false);
    expect(damaged).toEqual([line]);
    expect(members).toEqual([n1]);
    expect(memory.clock).toBe(0);
  });

  it('fuzz: any text is replayed', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'alive: ',
        'not-alive: ',
        'clock: ',
        'leave',
        '\n',
        ' ',
        '10.0.0.1:1',
        '[::1]:1',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, rejoin) => {
        const { members, memory } = replayLines(pieces.join(''), rejoin);
        for (const { name, address } of members) {
          expect(name).not.toBe('');
          expect(address.port).toBeGreaterThan(0);
        }
        expect(Number.isSafeInteger(memory.clock + 1)).toBe(true);
      }),
    );
  });
});
