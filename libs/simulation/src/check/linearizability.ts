/** One operation of a history: when it was asked, when it was answered, and what. */
export interface Operation<I, O> {
  readonly input: I;
  /** Undefined when the answer is not known: the operation took effect at some time, or never. */
  readonly output: O | undefined;
  readonly invokedAt: number;
  /** Undefined when no answer came. */
  readonly returnedAt: number | undefined;
}

/** A sequential object: what each operation does to its state, and what it answers. */
export interface Model<S, I, O> {
  readonly initial: S;
  /**
   * The state after an operation; undefined when it could not have answered `output` in `state`.
   * An undefined output agrees with anything.
   */
  step(state: S, input: I, output: O | undefined): { readonly state: S } | undefined;
  /** Equal for equal states alone. */
  key(state: S): string;
}

/** `undecided`: the search was given up after its budget. */
export type Verdict<I, O> =
  | { readonly kind: 'linearizable' }
  | { readonly kind: 'violation'; readonly at: Operation<I, O> }
  | { readonly kind: 'undecided' };

interface Event<I, O> {
  readonly operation: Operation<I, O>;
  readonly number: number;
  readonly isCall: boolean;
  match: Event<I, O> | undefined;
  previous: Event<I, O> | undefined;
  next: Event<I, O> | undefined;
}

const DEFAULT_STEPS = 3_000_000;

/**
 * Whether a history of concurrent operations could have come from the sequential object (Herlihy and
 * Wing; search of Wing and Gong with the memoisation of Lowe, "Testing for linearizability").
 */
export function checkLinearizable<S, I, O>(
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
  maxSteps = DEFAULT_STEPS,
): Verdict<I, O> {
  const head = linkEvents(history);
  const taken = new TakenSet(history.length);
  const seen = new Set<string>();
  const stack: { readonly event: Event<I, O>; readonly state: S }[] = [];
  let state = model.initial;
  let event = head.next;
  let furthest: Event<I, O> | undefined;
  for (let steps = 0; event; steps++) {
    if (steps > maxSteps) return { kind: 'undecided' };
    if (event.isCall) {
      const { input, output, returnedAt } = event.operation;
      const result = model.step(state, input, output);
      // An unanswered operation that changes nothing may as well never have happened.
      const isIdle =
        result && returnedAt === undefined && model.key(result.state) === model.key(state);
      if (result && !isIdle && isNew(seen, taken, event.number, model.key(result.state))) {
        stack.push({ event, state });
        state = result.state;
        taken.add(event.number);
        lift(event);
        event = head.next;
      } else event = event.next;
      continue;
    }
    // Its answer came before anything later began, and no place was found for it.
    if (!furthest || event.operation.returnedAt! > furthest.operation.returnedAt!) furthest = event;
    const last = stack.pop();
    if (!last) return { kind: 'violation', at: furthest.operation };
    state = last.state;
    taken.delete(last.event.number);
    unlift(last.event);
    event = last.event.next;
  }
  return { kind: 'linearizable' };
}

function isNew(seen: Set<string>, taken: TakenSet, number: number, stateKey: string): boolean {
  const key = `${taken.keyWith(number)}|${stateKey}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

/** The operations already placed; its key is short, as they are mostly the first ones. */
class TakenSet {
  private readonly taken: Uint8Array;
  private low = 0;

  constructor(size: number) {
    this.taken = new Uint8Array(size + 1);
  }

  add(number: number): void {
    this.taken[number] = 1;
    while (this.taken[this.low]) this.low++;
  }

  delete(number: number): void {
    this.taken[number] = 0;
    this.low = Math.min(this.low, number);
  }

  keyWith(number: number): string {
    this.taken[number] = 1;
    let low = this.low;
    while (this.taken[low]) low++;
    let key = String(low);
    for (let at = low + 1; at < this.taken.length; at++) if (this.taken[at]) key += `,${at}`;
    this.taken[number] = 0;
    return key;
  }
}

function linkEvents<I, O>(history: readonly Operation<I, O>[]): Event<I, O> {
  // Unanswered ones last: numbers below are then soon all taken, and keys of the memo stay short.
  const isOpen = ({ returnedAt }: Operation<I, O>) => Number(returnedAt === undefined);
  const sorted = [...history].sort((a, b) => isOpen(a) - isOpen(b) || a.invokedAt - b.invokedAt);
  const events: { at: number; order: number; event: Event<I, O> }[] = [];
  sorted.forEach((operation, number) => {
    const links = { match: undefined, previous: undefined, next: undefined };
    const call: Event<I, O> = { operation, number, isCall: true, ...links };
    events.push({ at: operation.invokedAt, order: 0, event: call });
    // Without an answer there is no moment by which it must have happened.
    if (operation.returnedAt === undefined) return;
    const answer: Event<I, O> = { operation, number, isCall: false, ...links };
    call.match = answer;
    events.push({ at: operation.returnedAt, order: 1, event: answer });
  });
  events.sort((a, b) => a.at - b.at || a.order - b.order);
  const head = { isCall: true, number: -1 } as Event<I, O>;
  let last = head;
  for (const { event } of events) {
    event.previous = last;
    last.next = event;
    last = event;
  }
  return head;
}

function lift<I, O>(call: Event<I, O>): void {
  for (const event of [call, call.match]) {
    if (!event) continue;
    event.previous!.next = event.next;
    if (event.next) event.next.previous = event.previous;
  }
}

function unlift<I, O>(call: Event<I, O>): void {
  for (const event of [call.match, call]) {
    if (!event) continue;
    event.previous!.next = event;
    if (event.next) event.next.previous = event;
  }
}
