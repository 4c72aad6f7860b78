import { MeshError } from '@mesh/base';

/** Longest text that is parsed, characters: no sane configuration comes near it. */
export const MAX_TEXT_LENGTH = 16 * 1024 * 1024;
/** Deepest nesting of objects and lists; keeps hostile input from exhausting the stack. */
export const MAX_DEPTH = 64;

/** A syntax error with its place, `failed to parse FILE:LINE:COLUMN: why`; columns count from 1. */
export function syntaxError(file: string, text: string, at: number, why: string): MeshError {
  const { line, column } = placeOf(text, at);
  return new MeshError('invalid-argument', `failed to parse ${file}:${line}:${column}: ${why}`);
}

/** Line and column, both from 1, of a character offset. */
export function placeOf(text: string, at: number): { line: number; column: number } {
  const end = Math.min(at, text.length);
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < end; ) {
    line++;
    lineStart = next + 1;
    next = text.indexOf('\n', lineStart);
  }
  return { line, column: end - lineStart + 1 };
}
