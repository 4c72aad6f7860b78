import { invalid, type MeshError } from '@mesh/base';

/** MeshError invalid-argument in the words that users of RE2 know. */
export function patternError(reason: string, fragment: string): MeshError {
  const shown = fragment.length > 64 ? `${fragment.slice(0, 64)}...` : fragment;
  return invalid(`error parsing regexp: ${reason}: \`${shown}\``);
}

/** Reads a pattern by code points. */
export class PatternScanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length;
  }

  /** The character that stands here, '' at the end. */
  peek(): string {
    const code = this.text.codePointAt(this.offset);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  /** Takes the character that stands here. */
  next(): string {
    const char = this.peek();
    this.offset += char.length;
    return char;
  }

  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.offset)) return false;
    this.offset += expected.length;
    return true;
  }

  /** Takes what a sticky pattern matches here. */
  takeMatch(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.offset;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.offset += match[0].length;
    return match;
  }

  since(start: number): string {
    return this.text.slice(start, this.offset);
  }
}
