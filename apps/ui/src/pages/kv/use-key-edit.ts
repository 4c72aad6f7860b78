import {
  type Dispatch,
  type StateUpdater,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'preact/hooks';
import { notify } from '../../components/notices.tsx';
import { guardLeaving } from '../../routing/navigation.ts';
import { type EditState, editStateOf, isDirty, receive, saved } from './edit-state.ts';
import type { Pair } from './kv-pair.ts';
import { readPair, writePair } from './kv-requests.ts';
import { saveKey } from './save-key.ts';

const DISPUTED = 'The key was changed by others. Choose below which version to go on with.';
const LEAVE = 'Leave the page? What you edited is not saved.';

/** An edit of a key with what may be done to it. */
export interface KeyEdit {
  /** Undefined until there is something to edit. */
  readonly state: EditState | undefined;
  readonly update: Dispatch<StateUpdater<EditState | undefined>>;
  /** Takes in what the agent says about the key; not while it is saved, as saving ends with a look. */
  readonly hear: (pair: Pair | undefined) => void;
  readonly isSaving: boolean;
  /** Saves the edit, or another, under a key and tells what came of it; true when it was written. */
  readonly save: (dc: string, key: string, edit?: EditState) => Promise<boolean>;
  /** Lets the page be left although there is something to lose; nothing is taken in any more. */
  readonly release: () => void;
}

/** Holds an edit; the page is not left without a question while there is something to lose. */
export function useKeyEdit(initial?: EditState): KeyEdit {
  const [state, update] = useState(initial);
  const [isSaving, setSaving] = useState(false);
  const isBusy = useRef(false);
  const isUnsaved = state !== undefined && isDirty(state);
  const isReleased = useRef(false);
  useEffect(() => {
    if (!isUnsaved) return undefined;
    return guardLeaving(
      (isUnloading) => isReleased.current || (!isUnloading && window.confirm(LEAVE)),
    );
  }, [isUnsaved]);

  const isDisputed = state?.theirs !== undefined;
  useEffect(() => {
    if (isDisputed) notify('failed', DISPUTED);
  }, [isDisputed]);

  const save = async (dc: string, key: string, edit = state) => {
    if (!edit || isBusy.current) return false;
    isBusy.current = true;
    setSaving(true);
    try {
      return await saveAndTell(dc, key, edit, update);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      notify('failed', `${key} was not saved: ${why}`);
      return false;
    } finally {
      isBusy.current = false;
      setSaving(false);
    }
  };
  const release = () => {
    isReleased.current = true;
  };
  // An answer that comes during a save may be older than it, or be the save itself while more is typed.
  const hear = useCallback((pair: Pair | undefined) => {
    if (isBusy.current || isReleased.current) return;
    update((now) => (now ? receive(now, pair) : pair && editStateOf(pair)));
  }, []);
  return { state, update, hear, isSaving, save, release };
}

async function saveAndTell(
  dc: string,
  key: string,
  edit: EditState,
  update: KeyEdit['update'],
): Promise<boolean> {
  const read = () => readPair(dc, key);
  const outcome = await saveKey({ read, write: (write) => writePair(dc, key, write) }, edit);
  if (outcome.kind === 'conflict') {
    update((now) => now && receive(now, outcome.pair));
    return false;
  }
  notify('done', `Saved ${key}`);
  update((now) => now && saved(now, key, outcome.content));
  // The next save needs the index that this one was given.
  const pair = await read().catch(() => undefined);
  if (pair) update((now) => now && receive(now, pair));
  return true;
}
