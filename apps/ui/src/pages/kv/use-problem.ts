import { useEffect, useRef, useState } from 'preact/hooks';
import { type Draft, draftValue, type Mode } from './draft.ts';
import { checkJson, type TextProblem } from './json-check.ts';

/** A check waits until typing pauses, milliseconds. */
const PAUSE_MS = 250;
/** Longer texts are checked when the editor is left, and when they are saved: it takes too long. */
const WHILE_TYPING_CHARS = 64 * 1024;

interface Found {
  readonly mode: Mode;
  readonly text: string;
  readonly problem: Promise<string | undefined>;
}

export interface ProblemHandle {
  /** What is wrong with the draft, as far as it was checked. */
  readonly problem: string | undefined;
  /** Checks now; undefined when all is well. */
  readonly check: () => Promise<string | undefined>;
}

/** What is wrong with a draft in its mode: JSON and YAML are checked a moment after typing. */
export function useProblem(draft: Draft): ProblemHandle {
  const { mode, text } = draft;
  const last = useRef<Found>();
  const [told, tell] = useState<{ mode: Mode; text: string; problem: string | undefined }>();
  const value = draftValue(draft);
  const wrong = 'wrong' in value ? capital(value.wrong) : undefined;

  const check = async () => {
    if (wrong !== undefined) return wrong;
    // Leaving the editor for the button that saves asks twice; a long text is read once.
    if (last.current?.mode !== mode || last.current.text !== text) {
      last.current = { mode, text, problem: syntaxProblem(mode, text) };
    }
    const { current } = last;
    try {
      const problem = await current.problem;
      tell({ mode, text, problem });
      return problem;
    } catch (thrown) {
      // The library could not be loaded: the next check tries again.
      if (last.current === current) last.current = undefined;
      throw thrown;
    }
  };
  useEffect(() => {
    if ((mode !== 'json' && mode !== 'yaml') || text.length > WHILE_TYPING_CHARS) return undefined;
    // A library that does not load is told when it is needed, which is at saving.
    const timer = setTimeout(() => check().catch(() => {}), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [mode, text]);

  const isCurrent = told?.mode === mode && told.text === text;
  return { problem: wrong ?? (isCurrent ? told.problem : undefined), check };
}

async function syntaxProblem(mode: Mode, text: string): Promise<string | undefined> {
  if (mode === 'json') return text === '' ? undefined : inWords('JSON', checkJson(text));
  if (mode !== 'yaml') return undefined;
  const { checkYaml } = await import('./yaml-check.ts');
  return inWords('YAML', checkYaml(text));
}

function inWords(language: string, problem: TextProblem | undefined): string | undefined {
  if (!problem) return undefined;
  const { line, column, message } = problem;
  return `Not ${language}: line ${line}, column ${column}: ${message}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
