import type { Content } from './edit-state.ts';
import type { Pair } from './kv-pair.ts';
import { hexOf, sizeText, textOf } from './value-codec.ts';

/** Of long values the beginning is shown. */
const SHOWN_CHARS = 20_000;
const SHOWN_HEX_BYTES = 4096;

interface ConflictProps {
  /** What others made of the key. */
  readonly theirs: Pair | 'deleted';
  /** Undefined where what is in the editor is no value. */
  readonly mine: Content | undefined;
  /** There was no such key when the edit began. */
  readonly isNew: boolean;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/** Both versions of a key that others changed during an edit, and the choice between them. */
export function Conflict({ theirs, mine, isNew, onTake, onKeep }: ConflictProps) {
  if (theirs === 'deleted') {
    return (
      <section class="panel kv-conflict" role="alert">
        <h2>This key was deleted meanwhile</h2>
        <p>What you edited is still here, and is not saved.</p>
        <div class="actions">
          <button type="button" onClick={onKeep}>
            Keep mine: saving creates the key again
          </button>
          <button type="button" onClick={onTake}>
            Leave it deleted
          </button>
        </div>
      </section>
    );
  }
  return (
    <section class="panel kv-conflict" role="alert">
      <h2>{isNew ? 'There is such a key already' : 'This key was changed meanwhile'}</h2>
      <p>
        Nothing of it was overwritten. Saving waits until you choose which version to go on with.
      </p>
      <div class="kv-versions">
        <Version title={`Theirs, at index ${theirs.modifyIndex}`} content={theirs} />
        <Version title="Yours, not saved" content={mine} />
      </div>
      <div class="actions">
        <button type="button" onClick={onTake}>
          {isNew ? 'Open theirs' : 'Take theirs'}
        </button>
        <button type="button" onClick={onKeep}>
          Keep mine: saving replaces theirs
        </button>
      </div>
    </section>
  );
}

interface VersionProps {
  readonly title: string;
  readonly content: Content | undefined;
}

function Version({ title, content }: VersionProps) {
  return (
    <div>
      <h3>{title}</h3>
      {content ? (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach that */}
          <section class="kv-scroll" aria-label={title} tabIndex={0}>
            <pre class="output">{preview(content.value)}</pre>
          </section>
          <p class="hint">
            {sizeText(content.value.length)}, flags {String(content.flags)}
          </p>
        </>
      ) : (
        <p class="hint">What is in the editor is no value.</p>
      )}
    </div>
  );
}

function preview(value: Uint8Array): string {
  const text = textOf(value);
  const isLong = text === undefined ? value.length > SHOWN_HEX_BYTES : text.length > SHOWN_CHARS;
  const start =
    text === undefined ? hexOf(value.subarray(0, SHOWN_HEX_BYTES)) : text.slice(0, SHOWN_CHARS);
  return isLong ? `${start}\n…` : start;
}
