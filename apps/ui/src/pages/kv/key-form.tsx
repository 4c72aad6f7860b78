import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { notify } from '../../components/notices.tsx';
import type { Draft } from './draft.ts';
import { type EditState, isDirty } from './edit-state.ts';
import { parseFlags } from './kv-pair.ts';
import { useProblem } from './use-problem.ts';
import { ValueField } from './value-field.tsx';

interface KeyFormProps {
  readonly state: EditState;
  readonly isSaving: boolean;
  /** Folders have no value of their own. */
  readonly hasValue?: boolean;
  /** Name of the file that the value is downloaded to. */
  readonly fileName: string;
  /** On the button that saves. */
  readonly submit: string;
  /** Fields above the value's, such as the name of a new key. */
  readonly before?: ComponentChildren;
  /** Stands above the buttons: a conflict. */
  readonly notice?: ComponentChildren;
  /** Links and buttons behind the one that saves. */
  readonly after?: ComponentChildren;
  readonly onDraft: (draft: Draft) => void;
  readonly onFile: (bytes: Uint8Array) => void;
  readonly onFlags: (text: string) => void;
  readonly onSubmit: () => void;
}

/** The form of a key: its value and flags. Nothing is saved while either is wrong, or a choice is open. */
export function KeyForm(props: KeyFormProps) {
  const { state, isSaving, hasValue = true, onSubmit } = props;
  const { problem, check } = useProblem(state.draft);
  const areFlagsWrong = parseFlags(state.flagsText) === undefined;
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    let found: string | undefined;
    try {
      found = hasValue ? await check() : undefined;
    } catch {
      notify('failed', 'The value could not be checked: a file of the page did not load');
      return;
    }
    if (found !== undefined) form.querySelector('textarea')?.focus();
    else if (areFlagsWrong) form.querySelector<HTMLInputElement>('[name=flags]')?.focus();
    else onSubmit();
  };
  return (
    <form class="form kv-form" onSubmit={submit} noValidate>
      {props.before}
      {hasValue && (
        <ValueField
          draft={state.draft}
          problem={problem}
          fileName={props.fileName}
          onDraft={props.onDraft}
          onFile={props.onFile}
          onLeave={() => check().catch(() => {})}
        />
      )}
      {hasValue && <FlagsField text={state.flagsText} onText={props.onFlags} />}
      {props.notice}
      <div class="actions">
        <button type="submit" class="primary" disabled={isSaving || state.theirs !== undefined}>
          {isSaving ? 'Saving…' : props.submit}
        </button>
        {props.after}
        {isDirty(state) && <span class="kv-unsaved">Not saved yet</span>}
      </div>
    </form>
  );
}

interface FlagsFieldProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

function FlagsField({ text, onText }: FlagsFieldProps) {
  const id = useId();
  const isWrong = parseFlags(text) === undefined;
  return (
    <div class="field">
      <label for={id}>Flags</label>
      <input
        id={id}
        name="flags"
        class="kv-flags"
        inputMode="numeric"
        autocomplete="off"
        value={text}
        aria-invalid={isWrong}
        aria-describedby={`${id}-hint ${id}-wrong`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="hint">
        A number kept with the key; its meaning is up to the programs that use it.
      </p>
      <p id={`${id}-wrong`} class="wrong" aria-live="polite">
        {isWrong && 'Flags are a whole number from 0 to 18446744073709551615.'}
      </p>
    </div>
  );
}
