import { useEffect, useRef, useState } from 'preact/hooks';
import { guardLeaving } from '../routing/navigation.ts';
import {
  type DraftState,
  isDirty,
  keepMine,
  receive,
  startDraft,
  takeTheirs,
} from './draft-state.ts';

const LEAVE = 'Leave the page? What you edited is not saved.';

/** An edit in a form. */
export interface DraftHandle<D> extends DraftState<D> {
  readonly isDirty: boolean;
  readonly change: (part: Partial<D>) => void;
  readonly takeTheirs: () => void;
  readonly keepMine: () => void;
  /** Lets the page be left although there is something to lose: it was saved, or is gone. */
  readonly release: () => void;
}

/**
 * Holds an edit of a record. `now` is what the record says at present; changes by others are taken in. The
 * page is not left without a question while there is something to lose.
 */
export function useDraft<D extends object>(now: D): DraftHandle<D> {
  const [state, setState] = useState(() => startDraft(now));
  const isReleased = useRef(false);
  const stamp = JSON.stringify(now);
  useEffect(() => setState((old) => receive(old, now)), [stamp]);
  const isUnsaved = isDirty(state);
  useEffect(() => {
    if (!isUnsaved) return undefined;
    // While the page unloads the browser asks by itself.
    return guardLeaving(
      (isUnloading) => isReleased.current || (!isUnloading && window.confirm(LEAVE)),
    );
  }, [isUnsaved]);
  return {
    ...state,
    isDirty: isUnsaved,
    change: (part) => setState((old) => ({ ...old, draft: { ...old.draft, ...part } })),
    takeTheirs: () => setState(takeTheirs),
    keepMine: () => setState(keepMine),
    release: () => {
      isReleased.current = true;
    },
  };
}
