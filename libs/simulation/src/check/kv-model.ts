import { checkLinearizable, type Model, type Operation, type Verdict } from './linearizability.ts';

/** What a client asks of a key. */
export type KvInput =
  | { readonly kind: 'put'; readonly value: string }
  /** Writes `value` if the key holds `expected`; undefined expects no such key. */
  | { readonly kind: 'cas'; readonly expected: string | undefined; readonly value: string }
  | { readonly kind: 'read' };

/** What it is answered: of a cas whether it wrote, of a read the value. */
export interface KvOutput {
  readonly wrote?: boolean;
  readonly value?: string | undefined;
}

/** An operation on one key. */
export interface KeyedOperation extends Operation<KvInput, KvOutput> {
  readonly key: string;
}

/** A key as a sequential object. */
export const KEY_MODEL: Model<string | undefined, KvInput, KvOutput> = {
  initial: undefined,
  step: (state, input, output) => {
    if (input.kind === 'put') return { state: input.value };
    if (input.kind === 'read') {
      return output && output.value !== state ? undefined : { state };
    }
    const writes = state === input.expected;
    if (output && output.wrote !== writes) return undefined;
    return { state: writes ? input.value : state };
  },
  key: (state) => (state === undefined ? '' : `=${state}`),
};

/** A key whose history no sequence of its operations explains. */
export interface KvViolation {
  readonly key: string;
  readonly verdict: Verdict<KvInput, KvOutput>;
  readonly history: readonly KeyedOperation[];
}

/** Checks each key by itself, which is enough (Herlihy and Wing: linearizability is local). */
export function checkKvHistory(
  operations: readonly KeyedOperation[],
  maxSteps?: number,
): readonly KvViolation[] {
  const byKey = new Map<string, KeyedOperation[]>();
  for (const operation of operations) {
    const known = byKey.get(operation.key);
    if (known) known.push(operation);
    else byKey.set(operation.key, [operation]);
  }
  const violations: KvViolation[] = [];
  for (const [key, history] of byKey) {
    const verdict = checkKey(history, maxSteps);
    if (verdict.kind !== 'linearizable') violations.push({ key, verdict, history });
  }
  return violations;
}

/**
 * An order of a history without some of its unanswered operations is one of the whole: they never took
 * effect. So those that nobody saw a trace of are left out at first; an outage leaves hundreds.
 */
function checkKey(
  history: readonly KeyedOperation[],
  maxSteps: number | undefined,
): Verdict<KvInput, KvOutput> {
  const seen = new Set<string>();
  for (const { output } of history) if (output?.value !== undefined) seen.add(output.value);
  const traced = history.filter(
    ({ input, output }) => output !== undefined || (input.kind !== 'read' && seen.has(input.value)),
  );
  if (traced.length < history.length) {
    const verdict = checkLinearizable(traced, KEY_MODEL, maxSteps);
    if (verdict.kind === 'linearizable') return verdict;
  }
  return checkLinearizable(history, KEY_MODEL, maxSteps);
}
