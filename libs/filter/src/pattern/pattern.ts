import { invalid } from '@mesh/base';
import { Matcher } from './matcher.ts';
import { parsePattern } from './pattern-parser.ts';
import { buildProgram } from './program.ts';
import { WorkAllowance } from './work-allowance.ts';

/** Longest regular expression, UTF-16 code units. */
const MAX_PATTERN_LENGTH = 1024;

/** A compiled regular expression in the syntax of RE2. */
export interface Pattern {
  /**
   * Whether it matches anywhere in the text; time grows with the length of the text and no faster.
   * Throws MeshError invalid-argument when a hostile pattern has used up its allowance of work.
   */
  test(text: string): boolean;
}

/** Price of an instruction at compilation, in steps. */
const STEPS_PER_INSTRUCTION = 10;

/**
 * Compiles a regular expression of an outside party: RE2 syntax and meaning, without the
 * exponential time of backtracking. Throws MeshError invalid-argument in RE2's words.
 */
export function compilePattern(source: string): Pattern {
  const allowance = new WorkAllowance();
  const matcher = compileMatcher(source, allowance);
  return {
    test: (text) => {
      allowance.earn();
      return matcher.test(text);
    },
  };
}

/** Same, on an allowance that the caller shares out and lets earn. */
export function compileMatcher(source: string, allowance: WorkAllowance): Pattern {
  if (source.length > MAX_PATTERN_LENGTH) {
    throw invalid(
      `error parsing regexp: ${source.length} characters, ` +
        `at most ${MAX_PATTERN_LENGTH} are accepted`,
    );
  }
  const program = buildProgram(parsePattern(source));
  allowance.spend(program.instructions.length * STEPS_PER_INSTRUCTION);
  return new Matcher(program, allowance);
}
