import { onAbort } from './on-abort.ts';

/** The parts of the world that a client uses besides its transport; tests bring their own. */
export interface ClientPlatform {
  /** Resolves after `ms`, rejects with the signal's reason when that fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms`; the returned function takes that back. */
  after(ms: number, callback: () => void): () => void;
  /** Uniform in [0, 1), for jitter. */
  random(): number;
  /** Milliseconds that never go backward. */
  monotonicMs(): number;
}

/** Of browsers and Node alike. */
export const defaultPlatform: ClientPlatform = {
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        ignore?.();
        resolve();
      }, ms);
      const ignore =
        signal &&
        onAbort(signal, () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
    });
  },
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  monotonicMs: () => performance.now(),
};
