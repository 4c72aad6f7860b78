/**
 * Index of an event for blocking reads: a number made from its id, as events have no place in the
 * log. The two halves of the UUID are folded; 53 bits are kept, so that any JSON client can hold
 * it. Never 0.
 */
export function eventIndex(id: string): number {
  const hex = id.replaceAll('-', '');
  const high = BigInt(`0x${hex.slice(0, 16)}`);
  const low = BigInt(`0x${hex.slice(16, 32)}`);
  const index = Number((high ^ low) & 0x1fffffffffffffn);
  return index === 0 ? 1 : index;
}
