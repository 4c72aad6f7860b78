import { filterSyntaxError } from './errors.ts';

const SPACE = /[ \t\r\n]*/y;
const WORD = /[a-zA-Z][a-zA-Z0-9_]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y;
const RAW_STRING = /`([^`]*)`/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};
const ESCAPED_CODE = /x([0-7][0-9a-fA-F])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([01][0-7]{2})/y;

/** Reads the pieces of an expression, one after another. */
export class Scanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length;
  }

  skipSpace(): void {
    this.take(SPACE);
  }

  /** Takes a word of the language if it stands here whole. */
  takeKeyword(word: string): boolean {
    if (!this.text.startsWith(word, this.offset)) return false;
    const after = this.text.charAt(this.offset + word.length);
    if (/[a-zA-Z0-9_]/.test(after)) return false;
    this.offset += word.length;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.offset)) return false;
    this.offset += symbol.length;
    return true;
  }

  takeWord(): string | undefined {
    return this.take(WORD);
  }

  /** A number as it is written. It must end at a space, a parenthesis or the end. */
  takeNumber(): string | undefined {
    const start = this.offset;
    const number = this.take(NUMBER);
    if (number === undefined) return undefined;
    if (!this.atEnd && !/[ \t\r\n)]/.test(this.text.charAt(this.offset))) {
      throw this.error(
        `${JSON.stringify(this.text.slice(start, this.offset + 1))} is no number; ` +
          'quote text that is more than a word: "..."',
      );
    }
    return number;
  }

  /** A quoted string, its escapes resolved; undefined when none begins here. */
  takeString(): string | undefined {
    const first = this.text.charAt(this.offset);
    if (first === '"') return this.takeEscapedString();
    if (first !== '`') return undefined;
    RAW_STRING.lastIndex = this.offset;
    const match = RAW_STRING.exec(this.text);
    if (!match) throw this.error('the ` here has no end');
    this.offset += match[0].length;
    return match[1]!;
  }

  error(detail: string, offset = this.offset): Error {
    return filterSyntaxError(this.text, offset, detail);
  }

  private takeEscapedString(): string {
    const start = this.offset;
    let value = '';
    this.offset++;
    for (;;) {
      const char = this.text.charAt(this.offset);
      if (char === '' || char === '\n') throw this.error('the " here has no end', start);
      this.offset++;
      if (char === '"') return value;
      value += char === '\\' ? this.takeEscape() : char;
    }
  }

  private takeEscape(): string {
    const simple = SIMPLE_ESCAPES[this.text.charAt(this.offset)];
    if (simple !== undefined) {
      this.offset++;
      return simple;
    }
    ESCAPED_CODE.lastIndex = this.offset;
    const match = ESCAPED_CODE.exec(this.text);
    const hex = match?.[1] ?? match?.[2] ?? match?.[3];
    const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(match?.[4] ?? '', 8);
    // Half a surrogate pair or a number past the last one is no character.
    if (!match || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw this.error(
        'unknown escape; accepted: \\a \\b \\f \\n \\r \\t \\v \\\\ \\" \\xHH (to 7F) ' +
          '\\ooo (to 177) \\uHHHH \\UHHHHHHHH',
        this.offset - 1,
      );
    }
    this.offset += match[0].length;
    return String.fromCodePoint(code);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.offset += match[0].length;
    return match[0];
  }
}
