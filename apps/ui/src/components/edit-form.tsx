import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Link } from '../routing/link.tsx';
import type { DraftHandle } from './use-draft.ts';

interface EditFormProps<D> {
  readonly edit: DraftHandle<D>;
  /** On the button that saves. */
  readonly submit: string;
  /** Whether all fields may be sent; otherwise the first wrong one gets the focus. */
  readonly isValid: boolean;
  /** Saves; the form cannot be sent again meanwhile. */
  readonly onSubmit: () => Promise<unknown>;
  /** Told when it was tried to send: fields may then say what is missing. */
  readonly onTry?: () => void;
  /** Path that Cancel leads to. */
  readonly cancelTo: string;
  readonly children: ComponentChildren;
  /** Buttons behind Cancel. */
  readonly after?: ComponentChildren;
}

/** A form over a draft: what others changed meanwhile is told before it is saved over. */
export function EditForm<D>(props: EditFormProps<D>) {
  const { edit, isValid, onSubmit } = props;
  const [isSaving, setSaving] = useState(false);
  const [failedTries, setFailedTries] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const isDisputed = edit.theirs !== undefined;
  // Once it is drawn: what is missing is marked as wrong by the try.
  useLayoutEffect(() => {
    if (failedTries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [failedTries]);
  const submit = async (event: Event) => {
    event.preventDefault();
    props.onTry?.();
    if (isSaving || isDisputed) return;
    if (!isValid) {
      setFailedTries((count) => count + 1);
      return;
    }
    setSaving(true);
    try {
      await onSubmit();
    } finally {
      setSaving(false);
    }
  };
  return (
    <form ref={form} class="form" onSubmit={submit} noValidate>
      {props.children}
      {isDisputed && <Dispute edit={edit} />}
      <div class="actions">
        <button type="submit" class="primary" disabled={isSaving || isDisputed}>
          {isSaving ? 'Saving…' : props.submit}
        </button>
        <Link to={props.cancelTo} class="button">
          Cancel
        </Link>
        {props.after}
        {edit.isDirty && <span class="unsaved">Not saved yet</span>}
      </div>
    </form>
  );
}

function Dispute<D>({ edit }: { readonly edit: DraftHandle<D> }) {
  return (
    <div class="panel dispute" role="alert">
      <p>Others changed this while you were editing it.</p>
      <div class="actions">
        <button type="button" onClick={edit.takeTheirs}>
          Show theirs, drop my edit
        </button>
        <button type="button" onClick={edit.keepMine}>
          Keep my edit, and replace theirs
        </button>
      </div>
    </div>
  );
}
