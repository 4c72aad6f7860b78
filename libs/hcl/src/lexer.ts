/** Tokens of HCL 1. */
import type { MeshError } from '@mesh/base';
import { syntaxError } from './hcl-error.ts';
import { heredocText, unquote } from './strings.ts';

export type HclToken =
  | {
      readonly kind: 'identifier' | 'string' | 'heredoc';
      readonly value: string;
      readonly at: number;
    }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  | { readonly kind: Punctuation | 'end'; readonly value: string; readonly at: number };

type Punctuation = '{' | '}' | '[' | ']' | '=' | ',';

const BLANK = /[ \t\r\n\uFEFF]*/y;
const IDENTIFIER = /[\p{L}_][\p{L}\p{Nd}_.-]*/uy;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/y;
const OCTAL = /^(-?)0([0-7]+)$/;
const HEREDOC = /<<(-?)([\p{L}\p{Nd}_]+)\r?\n/uy;

/** Reads tokens one by one from a text. */
export class HclLexer {
  readonly #file: string;
  readonly #text: string;
  #at = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** The next token; `end` for ever once the text is used up. */
  next(): HclToken {
    this.#skipBlanks();
    const at = this.#at;
    if (at >= this.#text.length) return { kind: 'end', value: 'the end of the file', at };
    const char = this.#text[at]!;
    switch (char) {
      case '{':
      case '}':
      case '[':
      case ']':
      case '=':
      case ',':
        this.#at++;
        return { kind: char, value: `"${char}"`, at };
      case '"':
        return this.#string(at);
      case '<':
        return this.#heredoc(at);
      default:
        return this.#word(at, char);
    }
  }

  /** An error at an offset of this text. */
  error(at: number, why: string): MeshError {
    return syntaxError(this.#file, this.#text, at, why);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }

  #skipBlanks(): void {
    for (;;) {
      this.#match(BLANK);
      const two = this.#text.slice(this.#at, this.#at + 2);
      if (two.startsWith('#') || two === '//') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end === -1 ? this.#text.length : end;
      } else if (two === '/*') {
        const end = this.#text.indexOf('*/', this.#at + 2);
        if (end === -1) throw this.error(this.#at, 'comment is not closed by */');
        this.#at = end + 2;
      } else {
        return;
      }
    }
  }

  #word(at: number, char: string): HclToken {
    const identifier = this.#match(IDENTIFIER)?.[0];
    if (identifier === 'true' || identifier === 'false') {
      return { kind: 'boolean', value: identifier === 'true', at };
    }
    if (identifier !== undefined) return { kind: 'identifier', value: identifier, at };
    const number = this.#match(NUMBER)?.[0];
    if (number === undefined) {
      throw this.error(at, `unexpected character ${JSON.stringify(char)}`);
    }
    // "10s" without quotes is the commonest slip: say so rather than stumble over the "s".
    if (this.#match(IDENTIFIER)) {
      const found = this.#text.slice(at, this.#at);
      throw this.error(at, `"${found}" is not a number; a text needs double quotes`);
    }
    return { kind: 'number', value: this.#numberValue(number, at), at };
  }

  #numberValue(digits: string, at: number): number {
    const octal = OCTAL.exec(digits);
    const negative = digits.startsWith('-');
    const value = octal
      ? Number.parseInt(octal[2]!, 8)
      : Number(negative ? digits.slice(1) : digits);
    if (!Number.isFinite(value)) throw this.error(at, `number ${digits} is out of range`);
    if (value === 0) return 0;
    return negative ? -value : value;
  }

  #string(at: number): HclToken {
    const end = endOfString(this.#text, at);
    if (end === undefined) throw this.error(at, 'text is not closed by a double quote on its line');
    this.#at = end;
    const inner = this.#text.slice(at + 1, end - 1);
    const value = unquote(inner);
    if (typeof value !== 'string') {
      throw this.error(at + 1 + value.at, `invalid escape in a text: ${value.why}`);
    }
    return { kind: 'string', value, at };
  }

  #heredoc(at: number): HclToken {
    const opening = this.#match(HEREDOC);
    if (!opening) throw this.error(at, 'expected a heredoc such as <<EOF followed by a new line');
    const found = heredocText(this.#text, this.#at, opening[2]!, opening[1] === '-');
    if (!found) throw this.error(at, `heredoc is not closed by a line with ${opening[2]} alone`);
    this.#at = found.end;
    return { kind: 'heredoc', value: found.value, at };
  }
}

/**
 * Offset after the closing quote of the string that opens at `at`; undefined when it does not
 * close. Inside ${...} quotes and line ends are part of the text, as in HCL 1.
 */
function endOfString(text: string, at: number): number | undefined {
  let braces = 0;
  for (let index = at + 1; index < text.length; index++) {
    const char = text[index];
    if (braces === 0 && char === '"') return index + 1;
    if (braces === 0 && char === '\n') return undefined;
    if (char === '\\') {
      if (braces === 0 && text[index + 1] === '\n') return undefined;
      index++;
    } else if (braces === 0 && char === '$' && text[index + 1] === '{') {
      braces = 1;
      index++;
    } else if (braces > 0 && char === '{') braces++;
    else if (braces > 0 && char === '}') braces--;
  }
  return undefined;
}
