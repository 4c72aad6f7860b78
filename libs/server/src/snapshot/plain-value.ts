import { invalid } from '@mesh/base';

/** Deepest nesting of lists and objects in a row. */
const MAX_DEPTH = 32;

/**
 * Makes sure that a decoded value is what rows are made of: null, booleans, numbers, texts, bytes,
 * lists and plain objects. Decoders know more types than that. Throws MeshError invalid-argument.
 */
export function requirePlain(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalid(`snapshot: nested more than ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') requirePlain(item, depth + 1);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) {
    if (value instanceof Uint8Array) return;
    throw invalid('snapshot: a value that is no plain data');
  }
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === 'object') requirePlain(member, depth + 1);
  }
}
