import { compare, isObject, type Predicate } from './compare.ts';
import { filterError, quoted } from './errors.ts';
import { parseExpression } from './parser.ts';
import { WorkAllowance } from './pattern/work-allowance.ts';
import type { FieldType, FilterSchema } from './schema.ts';
import type { Expression, Match, Operator } from './syntax.ts';

/** What a map without the selected key satisfies, as in the original. */
const NEGATIVE: ReadonlySet<Operator> = new Set(['Not Equal', 'Not In', 'Not Matches', 'Is Empty']);

/**
 * Compiles a `?filter=` expression for rows of a schema; a blank one lets everything pass. The
 * predicate throws only when a hostile regular expression has used up its allowance of work
 * (MeshError, see pattern.ts). Throws MeshError invalid-argument that names the place, or the
 * selector and what is accepted there.
 */
export function compileFilter(expression: string, schema: FilterSchema): (row: unknown) => boolean {
  if (expression.trim() === '') return () => true;
  const allowance = new WorkAllowance();
  const predicate = compileExpression(parseExpression(expression), schema, allowance);
  return (row) => {
    allowance.earn();
    return predicate(row);
  };
}

function compileExpression(
  expression: Expression,
  schema: FilterSchema,
  allowance: WorkAllowance,
): Predicate {
  switch (expression.kind) {
    case 'not': {
      const operand = compileExpression(expression.operand, schema, allowance);
      return (row) => !operand(row);
    }
    case 'and': {
      const operands = expression.operands.map((one) => compileExpression(one, schema, allowance));
      return (row) => operands.every((operand) => operand(row));
    }
    case 'or': {
      const operands = expression.operands.map((one) => compileExpression(one, schema, allowance));
      return (row) => operands.some((operand) => operand(row));
    }
    default:
      return select(expression, { record: schema }, 0, allowance);
  }
}

/** Follows the selector from part `depth` on into a value of type `type`. */
function select(match: Match, type: FieldType, depth: number, allowance: WorkAllowance): Predicate {
  const part = match.selector[depth];
  if (part === undefined) return compare(match, type, allowance);
  if (typeof type === 'string') {
    throw invalidSelector(match, `${pathTo(match, depth)} is a ${type}, it has no fields`);
  }
  if ('record' in type) {
    const field = Object.hasOwn(type.record, part) ? type.record[part] : undefined;
    if (field === undefined) {
      const names = Object.keys(type.record).join(', ');
      throw invalidSelector(match, `accepted${depth > 0 ? ' there' : ''}: ${names}`);
    }
    const inner = select(match, field, depth + 1, allowance);
    return (value) => inner((value as Record<string, unknown> | null | undefined)?.[part]);
  }
  if ('list' in type) {
    // A selector goes through a list to each of its elements; one that satisfies the operator is
    // enough.
    const inner = select(match, type.list, depth, allowance);
    return (value) => Array.isArray(value) && value.some(inner);
  }
  const inner = select(match, type.map, depth + 1, allowance);
  const whenMissing = NEGATIVE.has(match.operator);
  return (value) => {
    if (!isObject(value) || !Object.hasOwn(value, part)) return whenMissing;
    return inner((value as Record<string, unknown>)[part]);
  };
}

function pathTo(match: Match, depth: number): string {
  return quoted(match.selector.slice(0, depth).join('.'));
}

function invalidSelector(match: Match, detail: string): Error {
  return filterError(`Selector ${quoted(match.selector.join('.'))} is not valid; ${detail}`);
}
