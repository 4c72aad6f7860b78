import { SeededRandom } from '../world/seeded-random.ts';
import { checkKvHistory, KEY_MODEL, type KeyedOperation, type KvInput } from './kv-model.ts';
import { checkLinearizable } from './linearizability.ts';

/** An operation on key k: from, to (undefined: no answer), what, answer. */
type Row = [from: number, to: number | undefined, input: KvInput, answer?: string | boolean];

const put = (value: string): KvInput => ({ kind: 'put', value });
const cas = (expected: string | undefined, value: string): KvInput => ({
  kind: 'cas',
  expected,
  value,
});
const read: KvInput = { kind: 'read' };

function operation([invokedAt, returnedAt, input, answer]: Row, key = 'k'): KeyedOperation {
  const known =
    input.kind === 'read'
      ? { value: answer === '' ? undefined : (answer as string) }
      : input.kind === 'cas'
        ? { wrote: answer as boolean }
        : {};
  return {
    key,
    input,
    invokedAt,
    returnedAt,
    output: returnedAt === undefined ? undefined : known,
  };
}

const isLinearizable = (rows: readonly Row[]) =>
  checkKvHistory(rows.map((row) => operation(row))).length === 0;

const GOOD: Record<string, readonly Row[]> = {
  'one after the other': [
    [0, 1, put('a')],
    [2, 3, read, 'a'],
    [4, 5, cas('a', 'b'), true],
    [6, 7, cas('a', 'c'), false],
    [8, 9, read, 'b'],
  ],
  'a read beside a write sees either': [
    [0, 10, put('a')],
    [1, 2, read, ''],
    [3, 4, read, 'a'],
  ],
  'two writes at once in either order': [
    [0, 10, put('a')],
    [0, 10, put('b')],
    [11, 12, read, 'a'],
  ],
  'a write without an answer that took effect late': [
    [0, undefined, put('a')],
    [1, 2, read, ''],
    [50, 51, read, 'a'],
  ],
  'a write without an answer that nobody read, but which kept a cas from writing': [
    [0, 1, put('a')],
    [2, undefined, put('b')],
    [3, 4, cas('a', 'c'), false],
  ],
  'a write without an answer that never did': [
    [0, undefined, put('a')],
    [1, 2, put('b')],
    [3, 4, read, 'b'],
  ],
  'a cas without an answer explains what is read': [
    [0, 1, put('a')],
    [2, undefined, cas('a', 'b')],
    [3, 4, read, 'a'],
    [5, 6, read, 'b'],
  ],
};

const BAD: Record<string, readonly Row[]> = {
  'a stale read': [
    [0, 1, put('a')],
    [2, 3, put('b')],
    [4, 5, read, 'a'],
  ],
  'a lost write': [
    [0, 1, put('a')],
    [2, 3, read, ''],
  ],
  'a read of what was never written': [
    [0, 1, put('a')],
    [2, 3, read, 'z'],
  ],
  'a read of the future': [
    [0, 1, read, 'a'],
    [2, 3, put('a')],
  ],
  'reads that go back': [
    [0, 10, put('a')],
    [1, 2, read, 'a'],
    [3, 4, read, ''],
  ],
  'two clients that see two writes in different orders': [
    [0, 10, put('a')],
    [0, 10, put('b')],
    [11, 12, read, 'a'],
    [13, 14, read, 'b'],
  ],
  'a lost cas': [
    [0, 1, put('a')],
    [2, 3, cas('a', 'b'), true],
    [4, 5, read, 'a'],
  ],
  'two winners of one cas': [
    [0, 1, put('a')],
    [2, 9, cas('a', 'b'), true],
    [2, 9, cas('a', 'c'), true],
  ],
  'a cas that won against another value': [
    [0, 1, put('b')],
    [2, 3, cas('a', 'c'), true],
  ],
  'a cas that lost for no reason': [
    [0, 1, put('a')],
    [2, 3, cas('a', 'b'), false],
  ],
  'a write that vanishes after it was read': [
    [0, undefined, put('a')],
    [1, 2, read, 'a'],
    [3, 4, read, ''],
  ],
  'a write without an answer that takes effect twice': [
    [0, undefined, put('a')],
    [1, 2, read, 'a'],
    [3, 4, put('b')],
    [5, 6, read, 'b'],
    [7, 8, read, 'a'],
  ],
  'an answered write that takes effect after its answer': [
    [0, 1, put('a')],
    [2, 3, put('b')],
    [4, 5, read, 'b'],
    [6, 7, read, 'a'],
  ],
};

describe('linearizability', () => {
  test.each(Object.entries(GOOD))('%s is fine', (_name, rows) => {
    expect(isLinearizable(rows)).toBe(true);
  });

  test.each(Object.entries(BAD))('%s is found', (_name, rows) => {
    expect(isLinearizable(rows)).toBe(false);
  });

  test('keys are independent, and the violation names its key', () => {
    const rows = [
      operation([0, 1, put('a')], 'good'),
      operation([0, 1, put('a')], 'bad'),
      operation([2, 3, read, 'a'], 'good'),
      operation([2, 3, read, 'x'], 'bad'),
    ];
    expect(checkKvHistory(rows).map(({ key }) => key)).toEqual(['bad']);
  });

  test('a search beyond its budget says so rather than anything else', () => {
    const rows = Array.from({ length: 12 }, (_, at) => operation([0, 100, put(`v${at}`)]));
    rows.push(operation([101, 102, read, 'none']));
    expect(checkLinearizable(rows, KEY_MODEL, 50).kind).toBe('undecided');
  });

  test('agrees with trying every order on thousands of small histories', () => {
    const random = new SeededRandom(11);
    const seen = { true: 0, false: 0 };
    for (let round = 0; round < 4000; round++) {
      const rows = randomHistory(random);
      const expected = someOrderExplains(rows);
      expect({ rows, is: isLinearizable(rows) }).toEqual({ rows, is: expected });
      seen[`${expected}`]++;
    }
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(300);
  });
});

function randomHistory(random: SeededRandom): Row[] {
  return Array.from({ length: random.whole(2, 5) }, (): Row => {
    const from = random.whole(0, 8);
    const isOpen = random.chance(0.15);
    const to = from + random.whole(1, 6);
    const value = random.pick(['a', 'b']);
    const kind = random.whole(0, 2);
    if (kind === 0) return [from, to, read, random.pick(['', 'a', 'b'])];
    if (kind === 1) return isOpen ? [from, undefined, put(value)] : [from, to, put(value)];
    const input = cas(random.pick([undefined, 'a', 'b']), value);
    return isOpen ? [from, undefined, input] : [from, to, input, random.chance(0.5)];
  });
}

/** Tries every order that keeps to real time, and leaves out unanswered operations or not. */
function someOrderExplains(rows: readonly Row[]): boolean {
  const search = (left: readonly Row[], state: string | undefined): boolean => {
    if (left.every(([, to]) => to === undefined)) return true;
    return left.some((row, at) => {
      const [from, , input] = row;
      const isLate = left.some(([, to], other) => other !== at && to !== undefined && to < from);
      if (isLate) return false;
      const next = KEY_MODEL.step(state, input, operation(row).output);
      const rest = left.filter((_, other) => other !== at);
      return next !== undefined && search(rest, next.state);
    });
  };
  return search(rows, undefined);
}

it('decides a history with an outage: hundreds of writes without an answer', () => {
  const outage = Array.from(
    { length: 400 },
    (_, at): Row => [10 + at, undefined, put(`lost-${at}`)],
  );
  const around: Row[] = [
    [0, 1, put('a')],
    [500, 501, read, 'lost-7'],
    [502, 503, cas('lost-7', 'b'), true],
    [504, 505, read, 'b'],
  ];
  expect(isLinearizable([...outage, ...around])).toBe(true);
  const wrong: Row = [506, 507, read, 'a'];
  const [violation] = checkKvHistory(
    [...around.slice(0, 1), ...around.slice(2), wrong].map((row) => operation(row)),
  );
  expect(violation?.verdict.kind).toBe('violation');
});
