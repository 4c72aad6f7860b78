import fc from 'fast-check';
import { testMember } from '../testing/pool-world.ts';
import { decodeDeparture, decodeHello } from './pool-messages.ts';

const from = testMember('n1');

describe('messages of the pool', () => {
  it('are read as they were written', () => {
    const hello = { from, members: [testMember('n2', { Addr: '::1' })] };
    expect(decodeHello(structuredClone(hello))).toEqual(hello);
    expect(decodeDeparture({ name: 'n2', prune: true })).toEqual({ name: 'n2', prune: true });
    expect(decodeDeparture({ name: 'n2' })).toEqual({ name: 'n2', prune: false });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'hello'],
    ['no sender', { members: [] }],
    ['no list', { from, members: {} }],
    ['too many members', { from, members: Array(257).fill(from) }],
    ['no name', { from: { ...from, Name: '' }, members: [] }],
    [
      'a name that begins a line',
      { from: { ...from, Name: 'a\nalive: b 10.0.0.1:1' }, members: [] },
    ],
    ['a name too long', { from: { ...from, Name: 'n'.repeat(513) }, members: [] }],
    ['a host name for an address', { from: { ...from, Addr: 'example.com' }, members: [] }],
    ['port 0', { from: { ...from, Port: 0 }, members: [] }],
    ['a port that is no number', { from: { ...from, Port: '8301' }, members: [] }],
    ['a status of its own', { from: { ...from, Status: 9 }, members: [] }],
    ['no id', { from: { ...from, Tags: { dc: 'dc1' } }, members: [] }],
    ['a tag that is no text', { from: { ...from, Tags: { id: 'x', dc: 1 } }, members: [] }],
    ['too many tags', { from: { ...from, Tags: Object.fromEntries(tags(65)) }, members: [] }],
    ['a bad member in the list', { from, members: [{ ...from, Addr: '' }] }],
  ])('with %s are refused', (_what, body) => {
    expect(() => decodeHello(body)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }) as unknown as Error,
    );
  });

  it('of any kind are read or refused, never more', () => {
    fc.assert(
      fc.property(fc.anything(), fc.dictionary(fc.string(), fc.anything()), (body, change) => {
        for (const one of [body, { from: body, members: [] }, { from: { ...from, ...change } }]) {
          for (const decode of [decodeHello, decodeDeparture]) {
            try {
              decode(one);
            } catch (thrown) {
              expect(thrown).toMatchObject({ code: 'invalid-argument' });
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function tags(count: number): [string, string][] {
  return Array.from({ length: count }, (_, at) => [at === 0 ? 'id' : `tag${at}`, 'x']);
}
