import { invalid } from '@mesh/base';
import { Matcher } from './matcher.ts';
import { parsePattern } from './pattern-parser.ts';
import { buildProgram } from './program.ts';

/** Longest regular expression, UTF-16 code units. */
export const MAX_PATTERN_LENGTH = 1024;

/** A compiled regular expression in the syntax of RE2. */
export interface Pattern {
  /**
   * Whether it matches anywhere in the text; time grows with the length of the text and no faster. Throws
   * MeshError invalid-argument when a hostile pattern has used up its allowance of work.
   */
  test(text: string): boolean;
}

/**
 * Compiles a regular expression of an outside party: RE2 syntax and meaning, without the exponential time of
 * backtracking. Throws MeshError invalid-argument in RE2's words.
 */
export function compilePattern(source: string): Pattern {
  if (source.length > MAX_PATTERN_LENGTH) {
    throw invalid(
      `error parsing regexp: ${source.length} characters, at most ${MAX_PATTERN_LENGTH} are accepted`,
    );
  }
  return new Matcher(buildProgram(parsePattern(source)));
}
