import {
  contentOf,
  discard,
  type EditState,
  editStateOf,
  emptyEditState,
  isDirty,
  keepMine,
  receive,
  saved,
  takeTheirs,
  withValue,
} from './edit-state.ts';
import type { Pair } from './kv-pair.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function pair(value: string, modifyIndex: number, rest: Partial<Pair> = {}): Pair {
  const none = { key: 'a', flags: 0n, session: '', createIndex: 1, lockIndex: 0 };
  return { ...none, value: bytes(value), modifyIndex, ...rest };
}

function typed(state: EditState, text: string): EditState {
  return { ...state, draft: { ...state.draft, text } };
}

const text = (state: EditState) => state.draft.text;

test('a key that was only opened has nothing to lose', () => {
  const state = editStateOf(pair('one\r\ntwo', 5));
  expect(isDirty(state)).toBe(false);
  expect(isDirty(typed(state, 'one'))).toBe(true);
  expect(isDirty(typed(typed(state, 'one'), 'one\ntwo'))).toBe(false);
  expect(isDirty({ ...state, flagsText: '1' })).toBe(true);
  expect(isDirty({ ...state, flagsText: ' 0' })).toBe(false);
  expect(isDirty({ ...state, flagsText: 'x' })).toBe(true);
});

test('a change elsewhere fills an editor in which nothing was edited', () => {
  const state = receive(editStateOf(pair('one', 5)), pair('two', 6, { flags: 7n }));
  expect(state).toMatchObject({ flagsText: '7', updates: 1, theirs: undefined });
  expect(text(state)).toBe('two');
  expect(state.base?.modifyIndex).toBe(6);
});

test('a change elsewhere never touches an edit', () => {
  const theirs = pair('theirs', 6);
  const state = receive(typed(editStateOf(pair('one', 5)), 'mine'), theirs);
  expect(text(state)).toBe('mine');
  expect(state.theirs).toBe(theirs);
  // Saving would still insist on the version that the edit began from.
  expect(state.base?.modifyIndex).toBe(5);
});

test('keeping mine saves over theirs and over nothing newer', () => {
  const edited = typed(editStateOf(pair('one', 5)), 'mine');
  const kept = keepMine(receive(edited, pair('theirs', 6)));
  expect(kept.base?.modifyIndex).toBe(6);
  expect(text(kept)).toBe('mine');
  expect(receive(kept, pair('newer', 7)).theirs).toMatchObject({ modifyIndex: 7 });
});

test('taking theirs gives the edit up', () => {
  const edited = typed(editStateOf(pair('one', 5)), 'mine');
  const taken = takeTheirs(receive(edited, pair('theirs', 6)));
  expect(text(taken)).toBe('theirs');
  expect(isDirty(taken)).toBe(false);
});

test('a key that was deleted can be made again, but only if nobody else did', () => {
  const edited = typed(editStateOf(pair('one', 5)), 'mine');
  const state = receive(edited, undefined);
  expect(state.theirs).toBe('deleted');
  expect(takeTheirs(state)).toBe(state);
  const kept = keepMine(state);
  expect(kept.base).toBeUndefined();
  expect(receive(kept, undefined).theirs).toBeUndefined();
  expect(receive(kept, pair('theirs', 9)).theirs).toMatchObject({ modifyIndex: 9 });
});

test('taking or losing a lock is no conflict', () => {
  const edited = typed(editStateOf(pair('one', 5)), 'mine');
  const state = receive(edited, pair('one', 6, { session: 's', lockIndex: 1 }));
  expect(state.theirs).toBeUndefined();
  expect(text(state)).toBe('mine');
  expect(state.base).toMatchObject({ modifyIndex: 6, session: 's' });
});

test('somebody who made the same change is no conflict', () => {
  const edited = typed(editStateOf(pair('one', 5)), 'two');
  const state = receive(edited, pair('two', 6));
  expect(state.theirs).toBeUndefined();
  expect(isDirty(state)).toBe(false);
});

test('flags that differ are a conflict', () => {
  const edited = typed(editStateOf(pair('one', 5)), 'mine');
  expect(receive(edited, pair('one', 6, { flags: 1n })).theirs).toBeDefined();
});

test('what was saved is what the next edit begins from', () => {
  const edited = typed(editStateOf(pair('one', 5)), 'mine');
  const after = saved(edited, 'a', contentOf(edited)!);
  expect(isDirty(after)).toBe(false);
  const told = receive(after, pair('mine', 6));
  expect(told).toMatchObject({ theirs: undefined, updates: 0 });
  expect(told.base?.modifyIndex).toBe(6);
  // Somebody came right behind: shown, and told.
  expect(receive(after, pair('newer', 7))).toMatchObject({ updates: 1 });
});

test('a new key', () => {
  const state = emptyEditState();
  expect(isDirty(state)).toBe(false);
  expect(contentOf(state)).toEqual({ value: bytes(''), flags: 0n });
  const edited = typed(state, 'x');
  expect(isDirty(edited)).toBe(true);
  expect(receive(edited, pair('theirs', 4)).theirs).toBeDefined();
  expect(text(discard(edited))).toBe('');
  expect(saved(edited, 'b', contentOf(edited)!).base).toMatchObject({ key: 'b', modifyIndex: 0 });
});

test('bytes of a file count as an edit, and can be discarded', () => {
  const state = withValue(editStateOf(pair('one', 5)), Uint8Array.of(0, 1));
  expect(state.draft).toMatchObject({ mode: 'hex', text: '00 01' });
  expect(isDirty(state)).toBe(true);
  expect(contentOf(state)?.value).toEqual(Uint8Array.of(0, 1));
  const back = discard(state);
  expect(isDirty(back)).toBe(false);
  expect(isDirty(withValue(emptyEditState(), Uint8Array.of(65)))).toBe(true);
});

test('nothing is saved while text or flags are wrong', () => {
  const state = editStateOf(pair('\0', 5));
  expect(contentOf(typed(state, '0'))).toBeUndefined();
  expect(contentOf({ ...state, flagsText: '-1' })).toBeUndefined();
});
