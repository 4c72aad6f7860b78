/** Finds where a text stops being JSON (RFC 8259): the platform's parser often does not say. */
import { MAX_DEPTH } from '@mesh/hcl';

export interface JsonProblem {
  /** Character offset; the text's length when it ended too early. */
  readonly at: number;
  readonly why: string;
}

const BLANK = /[ \t\r\n]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in a text.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** The first error of a text that is known to be no JSON; undefined if none is found after all. */
export function locateJsonError(text: string): JsonProblem | undefined {
  const scan = new Scan(text);
  try {
    scan.value(0);
    scan.end();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Problem) return { at: thrown.at, why: thrown.why };
    throw thrown;
  }
}

class Problem extends Error {
  readonly at: number;
  readonly why: string;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
    this.why = why;
  }
}

class Scan {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): void {
    this.#match(BLANK);
    if (depth > MAX_DEPTH) throw new Problem(this.#at, `nested deeper than ${MAX_DEPTH} levels`);
    const char = this.#text[this.#at];
    if (char === '{') this.#members(depth);
    else if (char === '[') this.#elements(depth);
    else if (char === '"') this.#string();
    else if (!this.#match(SCALAR)) throw this.#unexpected('a value');
  }

  end(): void {
    this.#match(BLANK);
    if (this.#at < this.#text.length) throw this.#unexpected('nothing after the value');
  }

  #members(depth: number): void {
    this.#at++;
    if (this.#take('}')) return;
    do {
      this.#match(BLANK);
      if (this.#text[this.#at] !== '"') throw this.#unexpected('a key in double quotes');
      this.#string();
      if (!this.#take(':')) throw this.#unexpected('":" after a key');
      this.value(depth + 1);
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#unexpected('"," or "}"');
  }

  #elements(depth: number): void {
    this.#at++;
    if (this.#take(']')) return;
    do this.value(depth + 1);
    while (this.#take(','));
    if (!this.#take(']')) throw this.#unexpected('"," or "]"');
  }

  #string(): void {
    if (this.#match(STRING)) return;
    const rest = this.#text.slice(this.#at + 1);
    if (!rest.includes('"')) throw new Problem(this.#text.length, 'text is not closed');
    throw new Problem(this.#at, 'text with a bad escape or a control character');
  }

  #take(char: string): boolean {
    this.#match(BLANK);
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #unexpected(expected: string): Problem {
    const char = this.#text[this.#at];
    if (char === undefined) return new Problem(this.#at, 'unexpected end of JSON input');
    return new Problem(this.#at, `expected ${expected}, found ${JSON.stringify(char)}`);
  }
}
