import { MeshError } from '@mesh/base';
import { filterError, quoted } from './errors.ts';
import { compileMatcher, type Pattern } from './pattern/pattern.ts';
import type { WorkAllowance } from './pattern/work-allowance.ts';
import type { FieldType } from './schema.ts';
import type { Match, Operator } from './syntax.ts';

/** A compiled part of an expression. */
export type Predicate = (value: unknown) => boolean;

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

/** Compiles the comparison of a value of the type that a selector ends at. */
export function compare(match: Match, type: FieldType, allowance: WorkAllowance): Predicate {
  const accepted = operatorsOf(type);
  if (!accepted.includes(match.operator)) {
    const hint = accepted.length > 0 ? accepted.map(quoted).join(', ') : fieldsHint(type);
    throw filterError(
      `Invalid match operator ${quoted(match.operator)} for selector ` +
        `${quoted(match.selector.join('.'))}; accepted: ${hint}`,
    );
  }
  const positive = comparePositive(match, type, allowance);
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

function comparePositive(match: Match, type: FieldType, allowance: WorkAllowance): Predicate {
  const { operator, value: wanted } = match;
  if (operator === 'Is Empty' || operator === 'Is Not Empty') return isEmpty;
  if (operator === 'Matches' || operator === 'Not Matches') {
    const pattern = patternOf(wanted, allowance);
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

function patternOf(source: string, allowance: WorkAllowance): Pattern {
  try {
    return compileMatcher(source, allowance);
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

function badValue(match: Match, what: string): Error {
  const selector = quoted(match.selector.join('.'));
  return filterError(`value ${quoted(match.value)} for selector ${selector} is not ${what}`);
}

/** Whether a value is a record or a map. */
export function isObject(value: unknown): value is object {
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
