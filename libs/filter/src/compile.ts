import { MeshError } from '@mesh/base';
import { filterError, quoted } from './errors.ts';
import { parseExpression } from './parser.ts';
import { compilePattern, type Pattern } from './pattern/pattern.ts';
import type { FieldType, FilterSchema } from './schema.ts';
import type { Expression, Match, Operator } from './syntax.ts';

type Predicate = (value: unknown) => boolean;

const TEXT_OPERATORS: readonly Operator[] = [
  'Equal',
  'Not Equal',
  'In',
  'Not In',
  'Matches',
  'Not Matches',
];
const SCALAR_OPERATORS: readonly Operator[] = ['Equal', 'Not Equal'];
const COLLECTION_OPERATORS: readonly Operator[] = ['In', 'Not In', 'Is Empty', 'Is Not Empty'];
const EMPTINESS_OPERATORS: readonly Operator[] = ['Is Empty', 'Is Not Empty'];
const NO_OPERATORS: readonly Operator[] = [];

const NEGATIVE: ReadonlySet<Operator> = new Set(['Not Equal', 'Not In', 'Not Matches', 'Is Empty']);

/**
 * Compiles a `?filter=` expression for rows of a schema; a blank one lets everything pass. The predicate
 * throws only when a hostile regular expression has used up its allowance of work (MeshError, see pattern.ts). Throws MeshError
 * invalid-argument that names the place, or the selector and what is accepted there.
 */
export function compileFilter(expression: string, schema: FilterSchema): (row: unknown) => boolean {
  if (expression.trim() === '') return () => true;
  return compileExpression(parseExpression(expression), schema);
}

function compileExpression(expression: Expression, schema: FilterSchema): Predicate {
  switch (expression.kind) {
    case 'not': {
      const operand = compileExpression(expression.operand, schema);
      return (row) => !operand(row);
    }
    case 'and': {
      const operands = expression.operands.map((one) => compileExpression(one, schema));
      return (row) => operands.every((operand) => operand(row));
    }
    case 'or': {
      const operands = expression.operands.map((one) => compileExpression(one, schema));
      return (row) => operands.some((operand) => operand(row));
    }
    default:
      return select(expression, { record: schema }, 0);
  }
}

/** Follows the selector from part `depth` on into a value of type `type`. */
function select(match: Match, type: FieldType, depth: number): Predicate {
  const part = match.selector[depth];
  if (part === undefined) return compare(match, type);
  if (typeof type === 'string') {
    throw invalidSelector(match, `${pathTo(match, depth)} is a ${type}, it has no fields`);
  }
  if ('record' in type) {
    const field = Object.hasOwn(type.record, part) ? type.record[part] : undefined;
    if (field === undefined) {
      const names = Object.keys(type.record).join(', ');
      throw invalidSelector(match, `accepted${depth > 0 ? ' there' : ''}: ${names}`);
    }
    const inner = select(match, field, depth + 1);
    return (value) => inner((value as Record<string, unknown> | null | undefined)?.[part]);
  }
  if ('list' in type) {
    // A selector goes through a list to each of its elements; one that satisfies the operator is enough.
    const inner = select(match, type.list, depth);
    return (value) => Array.isArray(value) && value.some(inner);
  }
  const inner = select(match, type.map, depth + 1);
  const whenMissing = NEGATIVE.has(match.operator);
  return (value) => {
    if (!isObject(value) || !Object.hasOwn(value, part)) return whenMissing;
    return inner((value as Record<string, unknown>)[part]);
  };
}

function compare(match: Match, type: FieldType): Predicate {
  const accepted = operatorsOf(type);
  if (!accepted.includes(match.operator)) {
    const hint = accepted.length > 0 ? accepted.map(quoted).join(', ') : fieldsHint(type);
    throw filterError(
      `Invalid match operator ${quoted(match.operator)} for selector ` +
        `${quoted(match.selector.join('.'))}; accepted: ${hint}`,
    );
  }
  const positive = comparePositive(match, type);
  switch (match.operator) {
    case 'Not Equal':
    case 'Not In':
    case 'Not Matches':
    case 'Is Not Empty':
      return (value) => !positive(value);
    default:
      return positive;
  }
}

function comparePositive(match: Match, type: FieldType): Predicate {
  const { operator, value: wanted } = match;
  if (operator === 'Is Empty' || operator === 'Is Not Empty') return isEmpty;
  if (operator === 'Matches' || operator === 'Not Matches') {
    const pattern = patternOf(wanted);
    return (value) => pattern.test(textOf(value));
  }
  if (typeof type === 'object') {
    if ('map' in type) return (value) => isObject(value) && Object.hasOwn(value, wanted);
    if (!('list' in type)) throw new Error('unreachable: records have no operators');
    const inner = equals(match, type.list as 'string' | 'number' | 'bool');
    return (value) => Array.isArray(value) && value.some(inner);
  }
  if (operator === 'In' || operator === 'Not In') return (value) => textOf(value).includes(wanted);
  return equals(match, type);
}

function patternOf(source: string): Pattern {
  try {
    return compilePattern(source);
  } catch (thrown) {
    const { message } = MeshError.from(thrown);
    throw filterError(`Failed to compile regular expression ${quoted(source)}: ${message}`);
  }
}

function equals(match: Match, type: 'string' | 'number' | 'bool'): Predicate {
  const { value: text } = match;
  if (type === 'string') return (value) => textOf(value) === text;
  if (type === 'bool') {
    const wanted = parseBool(text);
    if (wanted === undefined) {
      throw badValue(
        match,
        'a bool; accepted: 1, t, T, true, TRUE, True, 0, f, F, false, FALSE, False',
      );
    }
    return (value) => (value === true) === wanted;
  }
  const wanted = /^[+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?)$/.test(text)
    ? parseNumber(text)
    : Number.NaN;
  if (!Number.isFinite(wanted)) throw badValue(match, 'a number');
  return (value) => Number(value ?? 0) === wanted;
}

function parseNumber(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '');
  return negative ? -Number(digits) : Number(digits);
}

function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
}

function operatorsOf(type: FieldType): readonly Operator[] {
  if (type === 'string') return TEXT_OPERATORS;
  if (typeof type === 'string') return SCALAR_OPERATORS;
  if ('map' in type) return COLLECTION_OPERATORS;
  if ('record' in type) return NO_OPERATORS;
  return typeof type.list === 'string' ? COLLECTION_OPERATORS : EMPTINESS_OPERATORS;
}

function fieldsHint(type: FieldType): string {
  if (typeof type === 'string' || !('record' in type)) return 'none';
  return `one of its fields (${Object.keys(type.record).join(', ')})`;
}

function pathTo(match: Match, depth: number): string {
  return quoted(match.selector.slice(0, depth).join('.'));
}

function invalidSelector(match: Match, detail: string): Error {
  return filterError(`Selector ${quoted(match.selector.join('.'))} is not valid; ${detail}`);
}

function badValue(match: Match, what: string): Error {
  const selector = quoted(match.selector.join('.'));
  return filterError(`value ${quoted(match.value)} for selector ${selector} is not ${what}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (!isObject(value)) return true;
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
