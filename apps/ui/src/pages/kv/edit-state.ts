import { type Draft, draftOf, draftValue, suitingMode } from './draft.ts';
import { type Pair, parseFlags } from './kv-pair.ts';
import { equalBytes } from './value-codec.ts';

/** A key while it is edited. */
export interface EditState {
  /** What the edit began from, and what saving insists on; undefined: that there is no such key. */
  readonly base: Pair | undefined;
  readonly draft: Draft;
  readonly flagsText: string;
  /** What became of the key meanwhile, while the edit is not saved: a person has to choose. */
  readonly theirs: Pair | 'deleted' | undefined;
  /** How often the editor was filled anew because the key was changed elsewhere. */
  readonly updates: number;
}

/** What would be saved. */
export interface Content {
  readonly value: Uint8Array;
  readonly flags: bigint;
}

/** Begins to edit a key. */
export function editStateOf(pair: Pair): EditState {
  const draft = draftOf(pair.value, suitingMode(pair.key, pair.value));
  return { base: pair, draft, flagsText: String(pair.flags), theirs: undefined, updates: 0 };
}

/** Begins a key that there is not yet. */
export function emptyEditState(): EditState {
  const draft = draftOf(new Uint8Array(0), 'text');
  return { base: undefined, draft, flagsText: '0', theirs: undefined, updates: 0 };
}

/** What would be saved now; undefined where the text or the flags are wrong. */
export function contentOf({ draft, flagsText }: EditState): Content | undefined {
  const value = draftValue(draft);
  const flags = parseFlags(flagsText);
  return 'wrong' in value || flags === undefined ? undefined : { value: value.bytes, flags };
}

/** Whether there is something to lose. */
export function isDirty(state: EditState): boolean {
  const { base, draft, flagsText } = state;
  if (!base) return draft.text !== '' || draft.source.length > 0 || flagsText !== '0';
  if (draft.text === draft.filled && draft.source === base.value) {
    return parseFlags(flagsText) !== base.flags;
  }
  const content = contentOf(state);
  return content === undefined || !isSame(content, base);
}

/** Takes in what the agent says about the key; undefined: it is gone. Never touches an edit. */
export function receive(state: EditState, pair: Pair | undefined): EditState {
  const { base } = state;
  if (pair === undefined) {
    return base === undefined ? { ...state, theirs: undefined } : { ...state, theirs: 'deleted' };
  }
  // A lock that was taken or given back moves the index, and changes nothing that is edited.
  if (base && isSame(pair, base)) return { ...state, base: pair, theirs: undefined };
  const mine = contentOf(state);
  if (mine && isSame(mine, pair)) return { ...state, base: pair, theirs: undefined };
  if (base && !isDirty(state)) return filled(state, pair);
  return { ...state, theirs: pair };
}

/** After a save that succeeded: the next one starts from it. The index comes with the agent's next answer. */
export function saved(state: EditState, key: string, { value, flags }: Content): EditState {
  const none = { key, session: '', createIndex: 0, modifyIndex: 0, lockIndex: 0 };
  return { ...state, base: { ...(state.base ?? none), value, flags }, theirs: undefined };
}

/** Gives the edit up for what others made of the key. */
export function takeTheirs(state: EditState): EditState {
  const { theirs } = state;
  return theirs === undefined || theirs === 'deleted' ? state : filled(state, theirs);
}

/** Goes on with the edit: saving will replace what others made of the key, and that alone. */
export function keepMine(state: EditState): EditState {
  const { theirs } = state;
  if (theirs === undefined) return state;
  return { ...state, base: theirs === 'deleted' ? undefined : theirs, theirs: undefined };
}

/** Gives the edit up for what it began from. */
export function discard(state: EditState): EditState {
  const { base, draft } = state;
  if (!base) return { ...emptyEditState(), theirs: state.theirs, updates: state.updates };
  return { ...state, draft: draftOf(base.value, draft.mode), flagsText: String(base.flags) };
}

/** Puts other bytes into the editor, such as those of a file; they count as an edit. */
export function withValue(state: EditState, value: Uint8Array): EditState {
  return { ...state, draft: draftOf(value, state.draft.mode) };
}

function filled(state: EditState, pair: Pair): EditState {
  return {
    base: pair,
    draft: draftOf(pair.value, state.draft.mode),
    flagsText: String(pair.flags),
    theirs: undefined,
    updates: state.updates + 1,
  };
}

function isSame(one: Content, other: Content): boolean {
  return one.flags === other.flags && equalBytes(one.value, other.value);
}
