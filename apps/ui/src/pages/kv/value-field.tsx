import { useId, useState } from 'preact/hooks';
import { notify } from '../../components/notices.tsx';
import { type Draft, draftValue, inMode, isBinary, MODES, type Mode } from './draft.ts';
import { lineEndNote } from './line-ends.ts';
import { sizeText, textOf } from './value-codec.ts';

/** Agents take 512 KB unless they are configured for more; a larger file was not meant. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

interface ValueFieldProps {
  readonly draft: Draft;
  readonly problem: string | undefined;
  /** Name of the file that the value is downloaded to. */
  readonly fileName: string;
  readonly onDraft: (draft: Draft) => void;
  /** Bytes of a file that take the value's place. */
  readonly onFile: (bytes: Uint8Array) => void;
  readonly onLeave: () => void;
}

/** The editor of a value: how it is shown, the value, and what is wrong with it. */
export function ValueField(props: ValueFieldProps) {
  const { draft, problem, fileName, onDraft, onFile, onLeave } = props;
  const id = useId();
  // An object, so that a second refusal draws the choice anew as the first does.
  const [refused, setRefused] = useState({ why: '' });
  const value = draftValue(draft);
  const choose = (mode: Mode) => {
    const next = inMode(draft, mode);
    setRefused({ why: 'wrong' in next ? next.wrong : '' });
    if ('draft' in next) onDraft(next.draft);
  };
  const edit = (text: string) => {
    setRefused({ why: '' });
    onDraft({ ...draft, text });
  };
  return (
    <div class="field">
      <ModeChoice mode={draft.mode} refused={refused.why} onChoose={choose} />
      <label for={id}>Value</label>
      <textarea
        id={id}
        class={`kv-value ${isBinary(draft.mode) ? 'kv-value-binary' : ''}`}
        value={draft.text}
        rows={14}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem ${id}-facts`}
        onInput={(event) => edit(event.currentTarget.value)}
        onBlur={onLeave}
      />
      <p id={`${id}-problem`} class="wrong" aria-live="polite">
        {problem}
      </p>
      <div class="kv-value-end">
        <p id={`${id}-facts`} class="hint">
          {'bytes' in value && [sizeText(value.bytes.length), ...notesOn(value.bytes)].join('. ')}
        </p>
        <FileButtons
          bytes={'bytes' in value ? value.bytes : undefined}
          fileName={fileName}
          onFile={onFile}
        />
      </div>
    </div>
  );
}

interface ModeChoiceProps {
  readonly mode: Mode;
  /** Why the mode that was asked for cannot be. */
  readonly refused: string;
  readonly onChoose: (mode: Mode) => void;
}

function ModeChoice({ mode, refused, onChoose }: ModeChoiceProps) {
  const name = useId();
  return (
    <fieldset class="kv-modes">
      <legend>Show as</legend>
      <div class="choices">
        {MODES.map(([id, title]) => (
          <label key={id}>
            <input
              type="radio"
              name={name}
              value={id}
              checked={id === mode}
              onChange={() => onChoose(id)}
            />
            {title}
          </label>
        ))}
      </div>
      <p class="wrong" role="status">
        {refused && `Not possible: ${refused}.`}
      </p>
    </fieldset>
  );
}

interface FileButtonsProps {
  readonly bytes: Uint8Array | undefined;
  readonly fileName: string;
  readonly onFile: (bytes: Uint8Array) => void;
}

function FileButtons({ bytes, fileName, onFile }: FileButtonsProps) {
  const load = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    // The same file may be chosen again.
    input.value = '';
    if (file.size > MAX_FILE_BYTES) {
      notify('failed', `${file.name} has ${sizeText(file.size)}: too much for a value`);
      return;
    }
    try {
      onFile(new Uint8Array(await file.arrayBuffer()));
    } catch {
      notify('failed', `${file.name} could not be read`);
    }
  };
  return (
    <div class="actions">
      <label class="button kv-file">
        Load a file
        <input
          type="file"
          class="visually-hidden"
          onChange={(event) => load(event.currentTarget)}
        />
      </label>
      <button type="button" disabled={!bytes} onClick={() => bytes && download(bytes, fileName)}>
        Download
      </button>
    </div>
  );
}

/** Saves bytes to a file; never opened by the browser, whatever they are. */
function download(bytes: Uint8Array, fileName: string): void {
  const blob = new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

/** What the editor does not show of a value. */
function notesOn(bytes: Uint8Array): readonly string[] {
  const text = textOf(bytes);
  if (text === undefined) return ['Binary: no text, or one with NUL characters'];
  const mark = text.startsWith('\ufeff') ? 'Begins with a byte order mark, which is kept' : '';
  return [mark, lineEndNote(text)].filter(Boolean);
}
