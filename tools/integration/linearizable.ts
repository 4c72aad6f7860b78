import { checkKvHistory, type KeyedOperation, type KvViolation } from '@mesh/simulation';
import type { KvHistory, KvOperation } from '@mesh/testkit';

/** Operations around the one that does not fit, in the message of a failure. */
const SHOWN = 30;

/** Throws unless the history of every key is linearizable. Returns how many operations were checked. */
export function expectLinearizable(history: KvHistory): number {
  const operations = history.operations().map(keyedOperation);
  const violations = checkKvHistory(operations);
  if (violations.length > 0) throw new Error(violations.map(describeViolation).join('\n'));
  return operations.length;
}

/** As the checker takes it. */
function keyedOperation(operation: KvOperation): KeyedOperation {
  const { key, request, invokedAtMs, returnedAtMs, wrote, value } = operation;
  const answered = returnedAtMs !== undefined;
  const output = request.kind === 'cas' ? { wrote: wrote === true } : { value };
  return {
    key,
    input: request,
    output: answered ? output : undefined,
    invokedAt: invokedAtMs,
    returnedAt: returnedAtMs,
  };
}

function describeViolation({ key, verdict, history }: KvViolation): string {
  if (verdict.kind !== 'violation') return `${key}: ${verdict.kind}, ${history.length} operations`;
  const at = history.indexOf(verdict.at as KeyedOperation);
  const from = Math.max(0, at - SHOWN);
  const shown = history.slice(from, at + SHOWN).map((operation) => {
    const { input, output, invokedAt, returnedAt } = operation;
    const mark = operation === verdict.at ? '> ' : '  ';
    const until = returnedAt === undefined ? 'open' : returnedAt.toFixed(3);
    const asked = JSON.stringify(input);
    return `${mark}${invokedAt.toFixed(3)} - ${until} ${asked} ${JSON.stringify(output) ?? '?'}`;
  });
  return [`${key} is not linearizable:`, ...shown].join('\n');
}
