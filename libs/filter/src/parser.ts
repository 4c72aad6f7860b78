import { filterError } from './errors.ts';
import { Scanner } from './scanner.ts';
import type { Expression, Match, Operator } from './syntax.ts';

/** Longest expression, UTF-16 code units. */
const MAX_EXPRESSION_LENGTH = 8192;
/** Deepest nesting of parentheses and `not`. */
const MAX_NESTING = 64;

const OPERATORS =
  '"!=", "==", "contains", "in", "is empty", "is not empty", "matches", "not contains", "not in" ' +
  'or "not matches"';
const VALUE = 'a value (a word, a number, "text" or `text`)';

/** First piece of a comparison: until the operator is known it may be a selector or a value. */
interface Operand {
  readonly offset: number;
  /** Undefined when it can be a value only. */
  readonly selector?: readonly string[];
  /** Undefined when it can be a selector only. */
  readonly value?: string;
}

/**
 * Parses an expression that is not blank. Throws MeshError invalid-argument with the place of the
 * error.
 */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw filterError(`${text.length} characters, at most ${MAX_EXPRESSION_LENGTH} are accepted`);
  }
  return new Parser(new Scanner(text)).parse();
}

class Parser {
  private readonly scanner: Scanner;
  private depth = 0;

  constructor(scanner: Scanner) {
    this.scanner = scanner;
  }

  parse(): Expression {
    const expression = this.parseOr();
    if (!this.scanner.atEnd) throw this.expected('"and", "or" or the end');
    return expression;
  }

  private parseOr(): Expression {
    const operands = [this.parseAnd()];
    while (this.scanner.takeKeyword('or')) operands.push(this.parseAnd());
    return operands.length === 1 ? operands[0]! : { kind: 'or', operands };
  }

  private parseAnd(): Expression {
    const operands = [this.parseNot()];
    while (this.scanner.takeKeyword('and')) operands.push(this.parseNot());
    return operands.length === 1 ? operands[0]! : { kind: 'and', operands };
  }

  /** Leaves the scanner after the space that follows. */
  private parseNot(): Expression {
    const { scanner } = this;
    scanner.skipSpace();
    if (++this.depth > MAX_NESTING) {
      throw scanner.error(`nested more than ${MAX_NESTING} deep`);
    }
    let expression: Expression;
    if (scanner.takeKeyword('not')) {
      expression = { kind: 'not', operand: this.parseNot() };
    } else if (scanner.takeSymbol('(')) {
      expression = this.parseOr();
      if (!scanner.takeSymbol(')')) throw this.expected('"and", "or" or ")"');
    } else {
      expression = this.parseMatch();
    }
    this.depth--;
    scanner.skipSpace();
    return expression;
  }

  private parseMatch(): Match {
    const { scanner } = this;
    const operand = this.parseOperand();
    scanner.skipSpace();
    if (operand.value !== undefined) {
      const operator = this.takeIn();
      if (operator) return this.match(this.parseSelector(), operator, operand.value);
    }
    const { selector } = operand;
    if (!selector) throw this.expected('"in" or "not in"');
    if (scanner.takeKeyword('is')) return this.parseEmptiness(selector);
    const operator = this.takeComparison();
    if (!operator) throw this.expected(OPERATORS);
    return this.match(selector, operator, this.parseValue());
  }

  private match(selector: readonly string[], operator: Operator, value: string): Match {
    return { kind: 'match', selector, operator, value };
  }

  private parseEmptiness(selector: readonly string[]): Match {
    const { scanner } = this;
    scanner.skipSpace();
    const negated = scanner.takeKeyword('not');
    scanner.skipSpace();
    if (!scanner.takeKeyword('empty'))
      throw this.expected(negated ? '"empty"' : '"empty" or "not"');
    return this.match(selector, negated ? 'Is Not Empty' : 'Is Empty', '');
  }

  private takeIn(): Operator | undefined {
    const { scanner } = this;
    const start = scanner.offset;
    const negated = scanner.takeKeyword('not');
    scanner.skipSpace();
    if (scanner.takeKeyword('in')) return negated ? 'Not In' : 'In';
    scanner.offset = start;
    return undefined;
  }

  private takeComparison(): Operator | undefined {
    const { scanner } = this;
    if (scanner.takeSymbol('==')) return 'Equal';
    if (scanner.takeSymbol('!=')) return 'Not Equal';
    const negated = scanner.takeKeyword('not');
    scanner.skipSpace();
    if (scanner.takeKeyword('contains')) return negated ? 'Not In' : 'In';
    if (scanner.takeKeyword('matches')) return negated ? 'Not Matches' : 'Matches';
    return undefined;
  }

  private parseOperand(): Operand {
    const { scanner } = this;
    const { offset } = scanner;
    const literal = scanner.takeString() ?? scanner.takeNumber();
    if (literal !== undefined) return { offset, value: literal };
    const first = scanner.takeWord();
    if (first === undefined) {
      throw this.expected('"(", "not", a selector (Name, Meta.key, Meta["odd key"]) or a value');
    }
    const selector = [first];
    const indexed = this.takeParts(selector);
    return indexed ? { offset, selector } : { offset, selector, value: selector.join('.') };
  }

  private parseSelector(): readonly string[] {
    this.scanner.skipSpace();
    const first = this.scanner.takeWord();
    if (first === undefined) throw this.expected('a selector (Name, Meta.key, Meta["odd key"])');
    const parts = [first];
    this.takeParts(parts);
    return parts;
  }

  private parseValue(): string {
    const { scanner } = this;
    scanner.skipSpace();
    const literal = scanner.takeString() ?? scanner.takeNumber();
    if (literal !== undefined) return literal;
    const first = scanner.takeWord();
    if (first === undefined) throw this.expected(VALUE);
    const parts = [first];
    if (this.takeParts(parts)) throw scanner.error('a value has no ["key"]; quote it');
    return parts.join('.');
  }

  /** Takes `.name` and `["key"]` as often as they come; true when one had brackets. */
  private takeParts(parts: string[]): boolean {
    const { scanner } = this;
    let indexed = false;
    for (;;) {
      if (scanner.takeSymbol('.')) {
        const word = scanner.takeWord();
        if (word === undefined) throw this.expected('a letter ([a-zA-Z][a-zA-Z0-9_]* after ".")');
        parts.push(word);
      } else if (scanner.takeSymbol('[')) {
        indexed = true;
        scanner.skipSpace();
        const key = scanner.takeString();
        if (key === undefined) throw this.expected('"key" or `key`');
        scanner.skipSpace();
        if (!scanner.takeSymbol(']')) throw this.expected('"]"');
        parts.push(key);
      } else {
        return indexed;
      }
    }
  }

  private expected(what: string): Error {
    const { scanner } = this;
    const found = scanner.atEnd ? 'the end' : JSON.stringify(scanner.text.charAt(scanner.offset));
    return scanner.error(`no match found at ${found}, expected: ${what}`);
  }
}
