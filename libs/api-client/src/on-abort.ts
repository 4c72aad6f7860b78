/** Callbacks by signal: one listener serves them all, since Node warns of more than ten on a signal. */
const CALLBACKS = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when a signal fires, at once if it has. The returned function takes that back. Any number of
 * callbacks may wait for one signal.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  let callbacks = CALLBACKS.get(signal);
  if (callbacks === undefined) {
    const all = new Set<() => void>();
    callbacks = all;
    CALLBACKS.set(signal, all);
    const fire = () => {
      CALLBACKS.delete(signal);
      for (const one of all) one();
    };
    signal.addEventListener('abort', fire, { once: true });
  }
  const set = callbacks;
  const own = () => callback();
  set.add(own);
  return () => {
    set.delete(own);
  };
}
