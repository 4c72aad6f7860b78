import type { Program } from './program.ts';
import { type Assertion, isWordChar } from './syntax-tree.ts';
import type { WorkAllowance } from './work-allowance.ts';

/** Character before the first and after the last. */
const NONE = -1;
const NEWLINE = 10;

/** Cached states; more and all are forgotten, so that memory is bounded. */
const MAX_STATES = 1000;
/** Threads in all cached states together. */
const MAX_CACHED_THREADS = 100_000;
/** Cached transitions of all states together. */
const MAX_TRANSITIONS = 50_000;
/**
 * Where the automaton stands between two characters: its threads and what is to know of the
 * character before.
 */
interface State {
  readonly threads: readonly number[];
  readonly before: number;
  readonly next: Map<number, State | 'match'>;
}

/**
 * Runs an automaton over texts in one pass, whatever the pattern: all threads at once, sets of
 * threads cached as the states of a deterministic automaton (Cox, "Regular Expression Matching Can
 * Be Simple And Fast").
 */
export class Matcher {
  private readonly program: Program;
  private readonly allowance: WorkAllowance;
  private readonly marks: Uint32Array;
  private mark = 0;
  private states = new Map<string, State>();
  private cachedThreads = 0;
  private transitions = 0;

  constructor(program: Program, allowance: WorkAllowance) {
    this.program = program;
    this.allowance = allowance;
    this.marks = new Uint32Array(program.instructions.length);
  }

  /**
   * Whether the pattern matches anywhere. Throws MeshError invalid-argument when its credit is
   * used up.
   */
  test(text: string): boolean {
    let state = this.stateOf([this.program.start], NONE);
    for (let offset = 0; offset < text.length; ) {
      const char = text.codePointAt(offset)!;
      offset += char > 0xffff ? 2 : 1;
      const next = state.next.get(char) ?? this.advance(state, char);
      if (next === 'match') return true;
      state = next;
    }
    return (state.next.get(NONE) ?? this.advance(state, NONE)) === 'match';
  }

  /** Computes and keeps the transition of a state by a character. */
  private advance(state: State, char: number): State | 'match' {
    const { instructions, start } = this.program;
    const reached = this.follow(state, char);
    let next: State | 'match' = 'match';
    if (reached) {
      const threads = new Set<number>();
      for (const at of reached) {
        const instruction = instructions[at]!;
        if (instruction.kind === 'char' && char !== NONE && instruction.test(char)) {
          threads.add(instruction.next);
        }
      }
      // A match may begin at any place.
      threads.add(start);
      next = this.stateOf(
        [...threads].sort((a, b) => a - b),
        contextOf(char),
      );
    }
    if (++this.transitions > MAX_TRANSITIONS) this.forget();
    state.next.set(char, next);
    return next;
  }

  /**
   * Instructions that the threads reach without a character; undefined when one of them is the
   * match.
   */
  private follow(state: State, char: number): readonly number[] | undefined {
    const { instructions } = this.program;
    const mark = ++this.mark;
    const reached: number[] = [];
    const stack = [...state.threads];
    let visited = 1;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (this.marks[at] === mark) continue;
      this.marks[at] = mark;
      visited++;
      const instruction = instructions[at]!;
      if (instruction.kind === 'match') return undefined;
      if (instruction.kind === 'split') stack.push(instruction.first, instruction.second);
      else if (instruction.kind === 'char') reached.push(at);
      else if (holds(instruction.assertion, state.before, char)) stack.push(instruction.next);
    }
    this.allowance.spend(visited);
    return reached;
  }

  private stateOf(threads: readonly number[], before: number): State {
    const key = `${before}:${threads.join()}`;
    const known = this.states.get(key);
    if (known) return known;
    this.cachedThreads += threads.length;
    if (this.states.size >= MAX_STATES || this.cachedThreads > MAX_CACHED_THREADS) this.forget();
    const state: State = { threads, before, next: new Map() };
    this.states.set(key, state);
    return state;
  }

  private forget(): void {
    this.states = new Map();
    this.cachedThreads = 0;
    this.transitions = 0;
  }
}

/** The one of all characters with the same effect on the assertions behind them. */
function contextOf(char: number): number {
  if (char === NONE || char === NEWLINE) return char;
  return isWordChar(char) ? 0x61 : 0;
}

function holds(assertion: Assertion, before: number, after: number): boolean {
  switch (assertion) {
    case 'text-start':
      return before === NONE;
    case 'text-end':
      return after === NONE;
    case 'line-start':
      return before === NONE || before === NEWLINE;
    case 'line-end':
      return after === NONE || after === NEWLINE;
    default:
      return (isWordChar(before) !== isWordChar(after)) === (assertion === 'word');
  }
}
