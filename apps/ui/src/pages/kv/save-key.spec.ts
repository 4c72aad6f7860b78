import { type EditState, editStateOf, emptyEditState } from './edit-state.ts';
import type { Pair } from './kv-pair.ts';
import type { KeyWrite } from './kv-requests.ts';
import { saveKey } from './save-key.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function pair(value: string, modifyIndex: number, session = ''): Pair {
  const none = { key: 'a', flags: 0n, createIndex: 1, lockIndex: 0 };
  return { ...none, value: bytes(value), modifyIndex, session };
}

/** A store of one key that checks indexes, and what others do to it between our requests. */
function storeOf(stored: Pair | undefined, others: (Pair | undefined)[] = []) {
  let now = stored;
  const writes: KeyWrite[] = [];
  return {
    writes,
    get now() {
      return now;
    },
    read: async () => now,
    write: async (write: KeyWrite) => {
      if (others.length > 0) now = others.shift();
      writes.push(write);
      if ((now?.modifyIndex ?? 0) !== write.cas) return false;
      now = { ...pair('', 100), value: write.value };
      return true;
    },
  };
}

const edited = (state: EditState, text: string): EditState => ({
  ...state,
  draft: { ...state.draft, text },
});

test('saves upon the index that the edit began from', async () => {
  const store = storeOf(pair('one', 5));
  const outcome = await saveKey(store, edited(editStateOf(pair('one', 5)), 'mine'));
  expect(outcome).toEqual({ kind: 'saved', content: { value: bytes('mine'), flags: 0n } });
  expect(store.writes).toEqual([{ value: bytes('mine'), flags: 0n, cas: 5 }]);
});

test('a change by others is a conflict, and stays', async () => {
  const theirs = pair('theirs', 6);
  const store = storeOf(pair('one', 5), [theirs]);
  const outcome = await saveKey(store, edited(editStateOf(pair('one', 5)), 'mine'));
  expect(outcome).toEqual({ kind: 'conflict', pair: theirs });
  expect(store.now).toBe(theirs);
});

test('that others deleted it is a conflict', async () => {
  const store = storeOf(pair('one', 5), [undefined]);
  const outcome = await saveKey(store, edited(editStateOf(pair('one', 5)), 'mine'));
  expect(outcome).toEqual({ kind: 'conflict', pair: undefined });
  expect(store.now).toBeUndefined();
});

test('an unchanged value does not undo what others wrote', async () => {
  const store = storeOf(pair('one', 5), [pair('theirs', 6)]);
  expect(await saveKey(store, editStateOf(pair('one', 5)))).toMatchObject({ kind: 'conflict' });
  expect(store.now).toMatchObject({ modifyIndex: 6 });
});

test('a lock that was taken meanwhile is none', async () => {
  const locked = pair('one', 6, 'session');
  const store = storeOf(pair('one', 5), [locked, locked]);
  const outcome = await saveKey(store, edited(editStateOf(pair('one', 5)), 'mine'));
  expect(outcome.kind).toBe('saved');
  expect(store.writes.map(({ cas }) => cas)).toEqual([5, 6]);
});

test('a lock that moves for ever ends the attempts', async () => {
  const moves = Array.from({ length: 9 }, (_, at) => pair('one', 6 + at));
  const store = storeOf(pair('one', 5), moves);
  const saving = saveKey(store, edited(editStateOf(pair('one', 5)), 'mine'));
  await expect(saving).rejects.toThrow(/faster than it can be saved/);
  expect(store.writes).toHaveLength(5);
});

test('a new key replaces none', async () => {
  const fresh = storeOf(undefined);
  expect(await saveKey(fresh, edited(emptyEditState(), 'mine'))).toMatchObject({ kind: 'saved' });
  expect(fresh.writes[0]?.cas).toBe(0);
  const taken = storeOf(pair('theirs', 6));
  const outcome = await saveKey(taken, edited(emptyEditState(), 'mine'));
  expect(outcome).toEqual({ kind: 'conflict', pair: pair('theirs', 6) });
});

test('what is no value is not sent', async () => {
  const store = storeOf(pair('\0', 5));
  await expect(saveKey(store, edited(editStateOf(pair('\0', 5)), '0'))).rejects.toThrow(/wrong/);
  expect(store.writes).toEqual([]);
});
