import { SeededRandom } from '../world/seeded-random.ts';
import { checkKvHistory, KEY_MODEL, type KvInput, type KvOutput } from './kv-model.ts';
import { checkLinearizable, type Model, type Operation } from './linearizability.ts';

type TextInput = KvInput | { readonly kind: 'append'; readonly value: string };
type TextOperation = Operation<TextInput, KvOutput>;

/** The key of the simulation, and appends: what is done twice or out of order stays visible. */
const TEXT_MODEL: Model<string | undefined, TextInput, KvOutput> = {
  ...KEY_MODEL,
  step: (state, input, output) =>
    input.kind === 'append'
      ? { state: (state ?? '') + input.value }
      : KEY_MODEL.step(state, input, output),
};

/** Times of an operation; without the second one no answer came. */
type Span = readonly [invokedAt: number, returnedAt?: number];

function operation(input: TextInput, output: KvOutput, span: Span): TextOperation {
  const [invokedAt, returnedAt] = span;
  return { input, invokedAt, returnedAt, output: returnedAt === undefined ? undefined : output };
}

const put = (value: string, ...span: Span) => operation({ kind: 'put', value }, {}, span);
const append = (value: string, ...span: Span) => operation({ kind: 'append', value }, {}, span);
const read = (value: string | undefined, ...span: Span) =>
  operation({ kind: 'read' }, { value }, span);
const cas = (expected: string | undefined, value: string, wrote: boolean, ...span: Span) =>
  operation({ kind: 'cas', expected, value }, { wrote }, span);

const GOOD: Readonly<Record<string, readonly TextOperation[]>> = {
  'nothing at all': [],
  'one after the other': [put('a', 0, 1), read('a', 2, 3), cas('a', 'b', true, 4, 5)],
  'a read beside a write may see it': [put('a', 0, 9), read('a', 1, 2)],
  'a read beside a write may miss it': [put('a', 0, 9), read(undefined, 1, 2)],
  'reads beside a write see it from some moment on': [
    put('a', 0, 9),
    read(undefined, 1, 2),
    read('a', 3, 4),
    read('a', 5, 6),
  ],
  'writes beside each other come in either order': [
    put('a', 0, 9),
    put('b', 0, 9),
    read('b', 1, 2),
    read('a', 10, 11),
  ],
  'one of two cas wins': [
    put('a', 0, 1),
    cas('a', 'b', false, 2, 9),
    cas('a', 'c', true, 2, 9),
    read('c', 10, 11),
  ],
  'an unanswered write never happened': [put('a', 0, 1), put('b', 2), read('a', 3, 4)],
  'an unanswered write happens late': [
    put('a', 0),
    put('b', 1, 2),
    read('b', 3, 4),
    read('a', 5, 6),
  ],
  'an unanswered cas explains what is read later': [
    put('a', 0, 1),
    cas('a', 'b', false, 2),
    read('a', 3, 4),
    read('b', 5, 6),
    cas('b', 'c', true, 7, 8),
  ],
  'an unanswered cas found another value': [
    put('a', 0, 1),
    cas('z', 'b', true, 2),
    read('a', 3, 4),
  ],
  'an answer at the moment of a call is beside it': [put('a', 0, 5), read(undefined, 5, 6)],
  'an operation that takes no time': [put('a', 3, 3), read('a', 3, 3)],
  'order of the list means nothing': [read('a', 2, 3), put('a', 0, 1)],
  'a value that is written again': [
    put('a', 0, 1),
    put('b', 2, 3),
    put('a', 4, 5),
    read('a', 6, 7),
  ],
};

const BAD: Readonly<Record<string, readonly TextOperation[]>> = {
  'stale read': [put('a', 0, 1), put('b', 2, 3), read('a', 4, 5)],
  'lost write': [put('a', 0, 1), read(undefined, 2, 3)],
  'lost cas': [put('a', 0, 1), cas('a', 'b', true, 2, 3), read('a', 4, 5)],
  'lost append': [append('x', 0, 1), append('y', 2, 3), read('y', 4, 5)],
  'read of what nobody wrote': [put('a', 0, 1), read('z', 2, 3)],
  'read of what is written later': [read('a', 0, 1), put('a', 2, 3)],
  'reads that go back': [put('a', 0, 1), put('b', 2, 20), read('b', 3, 4), read('a', 5, 6)],
  'append applied twice': [append('x', 0, 1), read('xx', 2, 3)],
  'unanswered append applied twice': [
    append('x', 0),
    read('x', 1, 2),
    append('y', 3, 4),
    read('xyx', 5, 6),
  ],
  'two cas that both win': [put('a', 0, 1), cas('a', 'b', true, 2, 9), cas('a', 'c', true, 2, 9)],
  'cas that wins against another value': [
    put('a', 0, 1),
    put('b', 2, 3),
    cas('a', 'c', true, 4, 5),
  ],
  'cas that fails against its value': [put('a', 0, 1), cas('a', 'b', false, 2, 3)],
  'failed cas that wrote': [put('a', 0, 1), cas('z', 'b', false, 2, 3), read('b', 4, 5)],
  'uncommitted write is read and vanishes': [
    put('a', 0, 1),
    put('b', 2),
    read('b', 3, 4),
    read('a', 5, 6),
  ],
  'unanswered write happens before its call': [read('a', 0, 1), put('a', 2)],
  'writes of two clients change places': [append('x', 0, 1), append('y', 2, 3), read('yx', 4, 5)],
  'two readers see writes in different orders': [
    put('a', 0, 9),
    put('b', 0, 9),
    read('a', 1, 2),
    read('b', 3, 4),
    read('b', 1, 2),
    read('a', 3, 4),
  ],
};

const named = (histories: typeof GOOD) => Object.entries(histories);

test.each(named(GOOD))('linearizable: %s', (_name, history) => {
  expect(checkLinearizable(history, TEXT_MODEL)).toEqual({ kind: 'linearizable' });
  expect(isExplained(history)).toBe(true);
});

test.each(named(BAD))('violation: %s', (_name, history) => {
  const verdict = checkLinearizable(history, TEXT_MODEL);
  expect(verdict.kind).toBe('violation');
  expect(isExplained(history)).toBe(false);
  // What it names is an operation that was answered.
  const at = verdict.kind === 'violation' ? verdict.at : undefined;
  expect(history.filter(({ returnedAt }) => returnedAt !== undefined)).toContain(at);
});

test('agrees with the definition on small random histories', () => {
  const counts = { linearizable: 0, violation: 0, undecided: 0 };
  for (let seed = 1; seed <= 6000; seed++) {
    const history = smallHistory(new SeededRandom(seed, 'small'));
    const { kind } = checkLinearizable(history, TEXT_MODEL);
    const expected = isExplained(history) ? 'linearizable' : 'violation';
    if (kind !== expected) throw new Error(`seed ${seed}: ${kind}: ${JSON.stringify(history)}`);
    counts[kind]++;
  }
  expect(counts.undecided).toBe(0);
  expect(counts.linearizable).toBeGreaterThan(1500);
  expect(counts.violation).toBeGreaterThan(1500);
});

test('decides long histories, and finds the one stale read in them', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const history = longHistory(new SeededRandom(seed, 'long'));
    expect(checkLinearizable(history, TEXT_MODEL).kind).toBe('linearizable');
    // Of an answered write: an unanswered one might well take effect that late.
    const write = history.find(({ input, output }) => input.kind === 'put' && output)!;
    const stale = read((write.input as { value: string }).value, 1e6, 1e6 + 1);
    const withStale = [...history, put('last', 5e5, 5e5 + 1), stale];
    expect(checkLinearizable(withStale, TEXT_MODEL)).toEqual({ kind: 'violation', at: stale });
  }
});

test('gives up after its budget, and says so', () => {
  const writes = Array.from({ length: 30 }, (_, at) => put(`v${at}`, 0, 9));
  const history = [...writes, read('none', 10, 11)];
  expect(checkLinearizable(history, TEXT_MODEL, 2000)).toEqual({ kind: 'undecided' });
});

test('each key is judged by itself', () => {
  const good = [put('a', 0, 1), read('a', 2, 3)].map((each) => ({ ...each, key: 'good' }));
  const bad = [put('a', 0, 1), read('b', 2, 3)].map((each) => ({ ...each, key: 'bad' }));
  const history = [...good, ...bad] as Parameters<typeof checkKvHistory>[0];
  expect(checkKvHistory(history).map(({ key, verdict }) => [key, verdict.kind])).toEqual([
    ['bad', 'violation'],
  ]);
});

/**
 * Linearizability as it is defined: some order of all answered operations, and of any of the others,
 * that keeps every answer before every later call and that the sequential object could have played.
 */
function isExplained(history: readonly TextOperation[]): boolean {
  const answered = history.filter(({ returnedAt }) => returnedAt !== undefined);
  const open = history.filter(({ returnedAt }) => returnedAt === undefined);
  for (let chosen = 0; chosen < 1 << open.length; chosen++) {
    const took = [...answered, ...open.filter((_, at) => chosen & (1 << at))];
    for (const order of permutations(took)) {
      if (keepsTime(order) && isLegal(order)) return true;
    }
  }
  return false;
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [at, first] of items.entries()) {
    const rest = [...items.slice(0, at), ...items.slice(at + 1)];
    for (const order of permutations(rest)) yield [first, ...order];
  }
}

function keepsTime(order: readonly TextOperation[]): boolean {
  return order.every(({ invokedAt }, at) =>
    order.slice(at + 1).every(({ returnedAt = Infinity }) => returnedAt >= invokedAt),
  );
}

function isLegal(order: readonly TextOperation[]): boolean {
  let state = TEXT_MODEL.initial;
  for (const { input, output } of order) {
    const result = TEXT_MODEL.step(state, input, output);
    if (!result) return false;
    state = result.state;
  }
  return true;
}

/** What a client may ask, with few values, so that they meet. */
function randomInput(random: SeededRandom, value: string): TextInput {
  const expected = random.pick([undefined, 'a', 'b']);
  return random.pick<TextInput>([
    { kind: 'read' },
    { kind: 'read' },
    { kind: 'put', value },
    { kind: 'append', value },
    { kind: 'cas', expected, value },
  ]);
}

interface Draft {
  readonly input: TextInput;
  readonly invokedAt: number;
  readonly endsAt: number;
  /** When it takes effect; Infinity for never. */
  readonly effectAt: number;
  readonly isAnswered: boolean;
}

/** Plays drafts on the object in order of their effects, which makes a linearizable history. */
function play(drafts: readonly Draft[]): TextOperation[] {
  let state = TEXT_MODEL.initial;
  return [...drafts]
    .sort((a, b) => a.effectAt - b.effectAt)
    .map(({ input, invokedAt, endsAt, effectAt, isAnswered }) => {
      const output = answerOf(input, state);
      if (effectAt < Infinity) state = TEXT_MODEL.step(state, input, output)!.state;
      return operation(input, output, isAnswered ? [invokedAt, endsAt] : [invokedAt]);
    });
}

function answerOf(input: TextInput, state: string | undefined): KvOutput {
  if (input.kind === 'read') return { value: state };
  return input.kind === 'cas' ? { wrote: state === input.expected } : {};
}

/** Up to five operations; half of the histories have one answer that may be wrong. */
function smallHistory(random: SeededRandom): TextOperation[] {
  const drafts = Array.from({ length: random.whole(2, 5) }, (): Draft => {
    const invokedAt = random.whole(0, 8);
    const endsAt = invokedAt + random.whole(0, 5);
    const isAnswered = random.chance(0.8);
    const never = !isAnswered && random.chance(0.4);
    const effectAt = never ? Infinity : random.between(invokedAt, isAnswered ? endsAt : 15);
    const input = randomInput(random, random.pick(['a', 'b']));
    return { input, invokedAt, endsAt, effectAt, isAnswered };
  });
  const history = play(drafts);
  const lies = random.chance(0.75) ? random.whole(1, 2) : 0;
  for (let lie = 0; lie < lies; lie++) {
    const at = random.whole(0, history.length - 1);
    const { input, output, ...times } = history[at]!;
    const value = random.pick([undefined, 'a', 'b', 'ab', 'ba', 'aa']);
    if (output?.wrote !== undefined)
      history[at] = { input, output: { wrote: !output.wrote }, ...times };
    else if (output && input.kind === 'read') history[at] = { input, output: { value }, ...times };
  }
  return history;
}

/**
 * Four clients, one operation at a time each; every value is written once. Some writes are unanswered;
 * reads never are, as an unanswered read says nothing.
 */
function longHistory(random: SeededRandom): TextOperation[] {
  const drafts: Draft[] = [];
  let values = 0;
  for (let client = 0; client < 4; client++) {
    let nowMs = random.between(0, 20);
    for (let at = 0; at < 40; at++) {
      const invokedAt = nowMs;
      const endsAt = invokedAt + random.between(1, 40);
      const effectAt = random.between(invokedAt, endsAt);
      const value = `v${values++}`;
      const input = random.pick<TextInput>([{ kind: 'read' }, { kind: 'put', value }]);
      const isAnswered = input.kind === 'read' || random.chance(0.97);
      drafts.push({ input, invokedAt, endsAt, effectAt, isAnswered });
      nowMs = endsAt + random.between(0, 10);
    }
  }
  return play(drafts);
}
