/** A value that may be there already: waiting for it costs a turn of the microtask queue only when needed. */
export type Pending<T> = T | Promise<T>;

/** True for promises of any realm. */
export function isPending<T extends object>(value: Pending<T>): value is Promise<T> {
  return typeof (value as { then?: unknown }).then === 'function';
}
