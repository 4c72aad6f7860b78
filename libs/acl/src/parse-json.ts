import { invalid } from '@mesh/base';
import type { HclObject } from '@mesh/hcl';

/** Rules nest three deep; this leaves room and keeps the stack safe. */
const MAX_DEPTH = 32;

/**
 * JSON as an object without prototypes. Throws `invalid-argument` on a key that is given twice: of the two
 * JSON.parse would keep the last, and a rule that denies could vanish without a word.
 */
export function parseJson(text: string): HclObject {
  requireShallow(text);
  const value: unknown = JSON.parse(text, (_key, each: unknown) => {
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return each;
    return Object.assign(Object.create(null), each) as unknown;
  });
  requireUniqueKeys(text);
  return value as HclObject;
}

/** Strings, and the marks that nest and part. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

function requireShallow(text: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth > MAX_DEPTH) throw invalid(`nested deeper than ${MAX_DEPTH}`);
  }
}

/** Of a text that is JSON. */
function requireUniqueKeys(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = JSON.parse(last) as string;
      const keys = open.at(-1);
      if (keys?.has(key))
        throw invalid(`the key ${last.slice(0, 80)} is given twice in one object`);
      keys?.add(key);
    }
    last = token;
  }
}
