import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  /** What is accepted, below the field. */
  readonly hint?: ComponentChildren;
  /** What is wrong with the value; undefined when nothing is. */
  readonly wrong?: string | undefined;
}

interface TextFieldProps extends FieldProps {
  /** For tests and for the focus: the field's name in its form. */
  readonly name: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly type?: 'text' | 'password' | 'url';
  /** Values that are offered while typing; others are accepted. */
  readonly suggestions?: readonly string[];
  /** Lines of the field; more than one makes it a text area of code. */
  readonly rows?: number;
}

/** A line of text, or several, with its label, a hint, and what is wrong with it. */
export function TextField(props: TextFieldProps) {
  const { label, hint, wrong, name, value, onInput, suggestions, rows = 1, type = 'text' } = props;
  const id = useId();
  const shared = {
    id,
    name,
    value,
    required: props.required,
    disabled: props.disabled,
    placeholder: props.placeholder,
    spellcheck: false,
    autocapitalize: 'off',
    autocomplete: 'off',
    'aria-invalid': wrong !== undefined,
    'aria-describedby': `${id}-hint ${id}-wrong`,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows > 1 ? (
        <textarea {...shared} rows={rows} class="code" />
      ) : (
        <input {...shared} type={type} list={suggestions && `${id}-list`} />
      )}
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      <FieldNotes id={id} hint={hint} wrong={wrong} />
    </div>
  );
}

/** What stands below a field; it is tied to the field by ids. */
function FieldNotes({ id, hint, wrong }: Omit<FieldProps, 'label'> & { readonly id: string }) {
  return (
    <>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      <p id={`${id}-wrong`} class="wrong" aria-live="polite">
        {wrong}
      </p>
    </>
  );
}

interface ChoiceFieldProps<T extends string> extends Omit<FieldProps, 'wrong'> {
  readonly name: string;
  readonly value: T;
  readonly choices: ReadonlyArray<readonly [T, string]>;
  readonly onChoice: (value: T) => void;
}

/** One of a few values, all of them seen. */
export function ChoiceField<T extends string>(props: ChoiceFieldProps<T>) {
  const { label, hint, name, value, choices, onChoice } = props;
  const id = useId();
  return (
    <fieldset class="field" aria-describedby={hint === undefined ? undefined : `${id}-hint`}>
      <legend>{label}</legend>
      <div class="choices">
        {choices.map(([choice, text]) => (
          <label key={choice}>
            <input
              type="radio"
              name={name}
              value={choice}
              checked={choice === value}
              onChange={() => onChoice(choice)}
            />
            {text}
          </label>
        ))}
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </fieldset>
  );
}

interface CheckFieldProps extends Omit<FieldProps, 'wrong'> {
  readonly name: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Something that is on or off. */
export function CheckField({ label, hint, name, checked, disabled, onChange }: CheckFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <div class="choices">
        <label>
          <input
            type="checkbox"
            name={name}
            checked={checked}
            disabled={disabled}
            aria-describedby={hint === undefined ? undefined : `${id}-hint`}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          {label}
        </label>
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
