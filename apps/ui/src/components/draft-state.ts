/** An edit of something that others may change meanwhile. */
export interface DraftState<D> {
  /** What the edit began with. */
  readonly base: D;
  readonly draft: D;
  /** What it is by now, where others changed it while it was edited. */
  readonly theirs: D | undefined;
}

/** An edit that has not begun. */
export function startDraft<D>(base: D): DraftState<D> {
  return { base, draft: base, theirs: undefined };
}

/** Whether there is something to lose. */
export function isDirty<D>({ base, draft }: DraftState<D>): boolean {
  return !isSame(base, draft);
}

/**
 * Takes in how the thing stands now. An edit that changed nothing, or the very same, goes on from there;
 * any other is kept, and the difference shown.
 */
export function receive<D>(state: DraftState<D>, now: D): DraftState<D> {
  const { base, draft, theirs } = state;
  if (isSame(now, base)) return theirs === undefined ? state : { ...state, theirs: undefined };
  if (!isDirty(state) || isSame(now, draft)) return startDraft(now);
  return isSame(now, theirs) ? state : { base, draft, theirs: now };
}

/** Goes on with what others made of it: the edit is lost. */
export function takeTheirs<D>(state: DraftState<D>): DraftState<D> {
  return state.theirs === undefined ? state : startDraft(state.theirs);
}

/** Goes on with the edit: saving it replaces what others made. */
export function keepMine<D>(state: DraftState<D>): DraftState<D> {
  if (state.theirs === undefined) return state;
  return { base: state.theirs, draft: state.draft, theirs: undefined };
}

/** Drafts are plain data made by one function each, so their keys stand in one order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
