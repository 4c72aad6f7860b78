/**
 * Keys in paths of the HTTP API. Browsers and servers tidy paths: empty and dot segments go, and the agent
 * refuses what cannot be printed. A key that would suffer travels in the body of a transaction.
 */

/** What no path may hold, as the agent's own rule (Go's unicode.IsPrint). */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** Whether a path can carry a key, or a prefix. */
export function fitsPath(key: string): boolean {
  return !/^\/|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(key) && !UNPRINTABLE.test(key);
}

/** Path of a key, or of a prefix, that fits. */
export function keyPath(key: string): string {
  return `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** The longest folder that holds a prefix and fits a path; '' is the root, which always does. */
export function fittingFolder(prefix: string): string {
  let folder = prefix;
  while (folder !== '' && !(folder.endsWith('/') && fitsPath(folder))) {
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    if (folder === '/') return '';
  }
  return folder;
}
