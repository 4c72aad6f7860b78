import type { LogEntry } from '@mesh/raft';

/** Entry of a log whose whole content follows from the indexes; some span several pages. */
export function appendedEntry(index: number): LogEntry {
  const length = index % 37 === 0 ? 9000 : 20 + ((index * 7) % 300);
  const data = new Uint8Array(length);
  for (let at = 0; at < length; at++) data[at] = (index * 31 + at * 7 + (at >> 8)) & 0xff;
  const kind = index % 11 === 0 ? 'noop' : index % 53 === 0 ? 'configuration' : 'command';
  return { index, term: 1 + Math.floor(index / 100), kind, data };
}

export function appendedEntries(from: number, count: number): LogEntry[] {
  return Array.from({ length: count }, (_, at) => appendedEntry(from + at));
}
