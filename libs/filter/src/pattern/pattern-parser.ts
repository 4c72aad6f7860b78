import { anyTest, foldTest, notTest, posixClass, rangeTest } from './char-class.ts';
import { takeEscape } from './escapes.ts';
import { PatternScanner, patternError } from './pattern-scanner.ts';
import type { Assertion, CharTest, PatternNode } from './syntax-tree.ts';

/** Deepest nesting of groups. */
const MAX_DEPTH = 100;
/** Highest count in `{n,m}`, as in RE2. */
const MAX_REPEAT = 1000;

const COUNTS = /\{([0-9]+)(?:(,)([0-9]*))?\}/y;
const FLAGS = /\?([imsU]*)(-[imsU]+)?([:)])/y;
const GROUP_NAME = /\?P?<([A-Za-z0-9_]+)>/y;
const POSIX = /\[:(\^?)([a-z]+):\]/y;
const ESCAPED_ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: 'text-start',
  z: 'text-end',
  b: 'word',
  B: 'not-word',
};

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
}

/** Parses the syntax of RE2 (golang.org/s/re2syntax). Throws MeshError invalid-argument. */
export function parsePattern(source: string): PatternNode {
  return new PatternParser(new PatternScanner(source)).parse();
}

class PatternParser {
  private readonly scanner: PatternScanner;
  private flags: Flags = { ignoreCase: false, multiLine: false, dotAll: false };
  private depth = 0;

  constructor(scanner: PatternScanner) {
    this.scanner = scanner;
  }

  parse(): PatternNode {
    const node = this.parseChoice();
    if (!this.scanner.atEnd) throw patternError('unexpected )', this.scanner.text);
    return node;
  }

  private parseChoice(): PatternNode {
    const items = [this.parseSequence()];
    while (this.scanner.take('|')) items.push(this.parseSequence());
    return items.length === 1 ? items[0]! : { kind: 'choice', items };
  }

  private parseSequence(): PatternNode {
    const items: PatternNode[] = [];
    for (;;) {
      const char = this.scanner.peek();
      if (char === '' || char === '|' || char === ')') return { kind: 'sequence', items };
      const atom = this.parseAtom();
      if (atom) items.push(this.parseRepeats(atom));
    }
  }

  private parseRepeats(item: PatternNode): PatternNode {
    const start = this.scanner.offset;
    const repeat = this.takeRepeat();
    if (!repeat) return item;
    if (this.takeRepeat()) {
      throw patternError('invalid nested repetition operator', this.scanner.since(start));
    }
    return { kind: 'repeat', item, ...repeat };
  }

  private takeRepeat(): { min: number; max: number } | undefined {
    const { scanner } = this;
    const repeat = this.takeRepeatOperator();
    // Greedy or not, the same texts match.
    if (repeat) scanner.take('?');
    return repeat;
  }

  private takeRepeatOperator(): { min: number; max: number } | undefined {
    const { scanner } = this;
    if (scanner.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (scanner.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (scanner.take('?')) return { min: 0, max: 1 };
    const counts = scanner.takeMatch(COUNTS);
    if (!counts) return undefined;
    const min = Number(counts[1]);
    const open = counts[2] !== undefined && counts[3] === '';
    const max = open ? Number.POSITIVE_INFINITY : Number(counts[3] ?? counts[1]);
    if (min > MAX_REPEAT || (!open && max > MAX_REPEAT) || min > max) {
      throw patternError('invalid repeat count', counts[0]);
    }
    return { min, max };
  }

  /** Undefined when what was taken matches nothing by itself. */
  private parseAtom(): PatternNode | undefined {
    const { scanner, flags } = this;
    const start = scanner.offset;
    // At the beginning, or after (?i) or \Q\E, which are nothing that could be repeated.
    if (this.takeRepeat()) {
      throw patternError('missing argument to repetition operator', scanner.since(start));
    }
    const char = scanner.next();
    switch (char) {
      case '(':
        return this.parseGroup(start);
      case '[':
        return this.charNode(this.parseClass(start));
      case '.':
        return this.charNode(flags.dotAll ? () => true : (c) => c !== 10);
      case '^':
        return { kind: 'assert', assertion: flags.multiLine ? 'line-start' : 'text-start' };
      case '$':
        return { kind: 'assert', assertion: flags.multiLine ? 'line-end' : 'text-end' };
      case '\\':
        return this.parseEscape();
      default:
        return this.literal(char.codePointAt(0)!);
    }
  }

  private parseEscape(): PatternNode | undefined {
    const { scanner } = this;
    if (scanner.take('Q')) return this.parseQuoted();
    const assertion = Object.hasOwn(ESCAPED_ASSERTIONS, scanner.peek())
      ? ESCAPED_ASSERTIONS[scanner.next()]
      : undefined;
    if (assertion) return { kind: 'assert', assertion };
    const escaped = takeEscape(scanner);
    return 'test' in escaped ? this.charNode(escaped.test) : this.literal(escaped.codePoint);
  }

  /** \Q...\E: everything as it stands. A repetition behind it takes the last character. */
  private parseQuoted(): PatternNode | undefined {
    const { scanner } = this;
    const items: PatternNode[] = [];
    while (!scanner.atEnd && !scanner.take('\\E')) {
      items.push(this.literal(scanner.next().codePointAt(0)!));
    }
    if (items.length === 0) return undefined;
    const last = this.parseRepeats(items.pop()!);
    return { kind: 'sequence', items: [...items, last] };
  }

  private parseGroup(start: number): PatternNode | undefined {
    const { scanner } = this;
    const outside = this.flags;
    if (scanner.peek() === '?' && !scanner.takeMatch(GROUP_NAME)) {
      const match = scanner.takeMatch(FLAGS);
      if (!match) {
        throw patternError(
          'invalid or unsupported Perl syntax',
          scanner.text.slice(start, start + 4),
        );
      }
      this.setFlags(match[1]!, match[2] ?? '');
      if (match[3] === ')') return undefined;
    }
    if (++this.depth > MAX_DEPTH) {
      throw patternError(`expression nests deeper than ${MAX_DEPTH}`, scanner.text);
    }
    const inner = this.parseChoice();
    if (!scanner.take(')')) throw patternError('missing closing )', scanner.text);
    this.depth--;
    this.flags = outside;
    return inner;
  }

  private setFlags(on: string, off: string): void {
    const has = (letter: string, now: boolean) =>
      (now || on.includes(letter)) && !off.includes(letter);
    this.flags = {
      ignoreCase: has('i', this.flags.ignoreCase),
      multiLine: has('m', this.flags.multiLine),
      dotAll: has('s', this.flags.dotAll),
    };
  }

  private parseClass(start: number): CharTest {
    const { scanner } = this;
    const negated = scanner.take('^');
    const tests: CharTest[] = [];
    // A bracket that comes first is an ordinary character.
    for (let first = true; first || !scanner.take(']'); first = false) {
      if (scanner.atEnd) throw patternError('missing closing ]', scanner.text.slice(start));
      tests.push(this.parseClassItem());
    }
    const test = anyTest(tests);
    const folded = this.flags.ignoreCase ? foldTest(test) : test;
    return negated ? notTest(folded) : folded;
  }

  private parseClassItem(): CharTest {
    const { scanner } = this;
    const start = scanner.offset;
    const posix = scanner.takeMatch(POSIX);
    if (posix) {
      const test = posixClass(posix[2]!);
      if (!test) throw patternError('invalid character class range', posix[0]);
      return posix[1] ? notTest(test) : test;
    }
    const low = this.takeClassChar();
    if (typeof low !== 'number') return low;
    const dash = scanner.offset;
    if (!scanner.take('-') || scanner.atEnd || scanner.peek() === ']') {
      scanner.offset = dash;
      return rangeTest(low, low);
    }
    const high = this.takeClassChar();
    if (typeof high !== 'number' || high < low) {
      throw patternError('invalid character class range', scanner.since(start));
    }
    return rangeTest(low, high);
  }

  private takeClassChar(): number | CharTest {
    const char = this.scanner.next();
    if (char !== '\\') return char.codePointAt(0)!;
    const escaped = takeEscape(this.scanner);
    return 'test' in escaped ? escaped.test : escaped.codePoint;
  }

  private literal(codePoint: number): PatternNode {
    return this.charNode(this.folded(rangeTest(codePoint, codePoint)));
  }

  private charNode(test: CharTest): PatternNode {
    return { kind: 'char', test };
  }

  private folded(test: CharTest): CharTest {
    return this.flags.ignoreCase ? foldTest(test) : test;
  }
}
