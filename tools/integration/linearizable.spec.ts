/** The check that the fault tests rest on must itself fail on what no correct store answers. */
import { KvHistory, type KvRequest } from '@mesh/testkit';
import { expectLinearizable } from './linearizable.ts';

describe('expectLinearizable', () => {
  let nowMs = 0;
  let history: KvHistory;
  beforeEach(() => {
    nowMs = 0;
    history = new KvHistory(() => ++nowMs);
  });
  const invoke = (request: KvRequest, key = 'k') => history.invoke(1, key, request);
  const put = (value: string, key?: string) => invoke({ kind: 'put', value }, key).put();
  const read = (value: string | undefined, key?: string) =>
    invoke({ kind: 'read' }, key).read(value);
  const cas = (expected: string | undefined, value: string, wrote: boolean) =>
    invoke({ kind: 'cas', expected, value }).cas(wrote);

  it('takes what happened one after the other', () => {
    read(undefined);
    put('a');
    cas('a', 'b', true);
    cas('a', 'c', false);
    read('b');
    put('x', 'other');
    expect(expectLinearizable(history)).toBe(6);
  });

  it('takes an unanswered write that happened, later, or never', () => {
    put('a');
    invoke({ kind: 'put', value: 'late' }).unknown();
    read('a');
    read('late');
    invoke({ kind: 'put', value: 'never' }).unknown();
    invoke({ kind: 'cas', expected: 'late', value: 'maybe' }).unknown();
    read('late');
    expect(expectLinearizable(history)).toBe(7);
  });

  it.each([
    ['a lost write', () => [put('a'), put('b'), read('a')]],
    ['a read from the past', () => [put('a'), read('a'), put('b'), read('b'), read('a')]],
    ['a value that nobody wrote', () => [put('a'), read('z')]],
    ['a key that vanished', () => [put('a'), read(undefined)]],
    [
      'two cas of one value that both wrote',
      () => [put('a'), cas('a', 'b', true), cas('a', 'c', true)],
    ],
    ['a cas that wrote over another value', () => [put('a'), cas('z', 'b', true)]],
    ['a cas refused for no reason', () => [put('a'), cas('a', 'b', false)]],
    [
      'a refused write that happened',
      () => [put('a'), invoke({ kind: 'put', value: 'r' }).refused(), read('r')],
    ],
  ])('refuses %s', (_, act) => {
    act();
    expect(() => expectLinearizable(history)).toThrow(/k is not linearizable:.*\n> /s);
  });
});
