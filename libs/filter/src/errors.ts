import { invalid, type MeshError } from '@mesh/base';

/** How the original begins every complaint about a filter; users search for it. */
const PREFIX = 'Failed to create boolean expression evaluator: ';

/** MeshError invalid-argument about an expression. */
export function filterError(detail: string): MeshError {
  return invalid(PREFIX + detail);
}

/** Same, at a place: `line:column (offset)`, the first two from 1, in UTF-16 code units. */
export function filterSyntaxError(expression: string, offset: number, detail: string): MeshError {
  const before = expression.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  return filterError(`${line}:${column} (${offset}): ${detail}`);
}

/** A value for a message: quoted, cut to a readable length. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}...` : text);
}
