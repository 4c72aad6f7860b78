import { checkJson } from './json-check.ts';
import { applyEdit, editorText } from './line-ends.ts';
import {
  base64Of,
  bytesOfBase64,
  bytesOfHex,
  bytesOfText,
  type Decoded,
  hexOf,
  textOf,
} from './value-codec.ts';

/** How a value is shown and edited. */
export type Mode = 'text' | 'json' | 'yaml' | 'hex' | 'base64';

/** Every mode, with its title, in the order of the choice. */
export const MODES: readonly (readonly [Mode, string])[] = [
  ['text', 'Text'],
  ['json', 'JSON'],
  ['yaml', 'YAML'],
  ['hex', 'Hex'],
  ['base64', 'Base64'],
];

/**
 * A value in the editor. What was not edited is kept as bytes, not made anew from what the editor shows, so
 * that nothing changes that nobody changed.
 */
export interface Draft {
  readonly mode: Mode;
  /** The value when the editor was filled. */
  readonly source: Uint8Array;
  /** What the editor was filled with. */
  readonly filled: string;
  /** What is in the editor now. */
  readonly text: string;
}

/** Fills the editor. A value that is no text is shown in hex, whatever the mode. */
export function draftOf(source: Uint8Array, wanted: Mode): Draft {
  const raw = isBinary(wanted) ? undefined : textOf(source);
  const mode = raw === undefined && !isBinary(wanted) ? 'hex' : wanted;
  const filled =
    raw !== undefined ? editorText(raw) : mode === 'base64' ? base64Of(source) : hexOf(source);
  return { mode, source, filled, text: filled };
}

/** A draft is asked for its value many times while it is drawn, and values may be large. */
const known = new WeakMap<Draft, Decoded>();

/** The value that a draft stands for. */
export function draftValue(draft: Draft): Decoded {
  const found = known.get(draft) ?? readDraft(draft);
  known.set(draft, found);
  return found;
}

function readDraft(draft: Draft): Decoded {
  const { mode, source, filled, text } = draft;
  if (text === filled) return { bytes: source };
  if (mode === 'hex') return bytesOfHex(text);
  if (mode === 'base64') return bytesOfBase64(text);
  return bytesOfText(applyEdit(textOf(source) ?? '', editorText(text)));
}

/** Shows the draft in another mode; says why where that cannot be. */
export function inMode(
  draft: Draft,
  mode: Mode,
): { readonly draft: Draft } | { readonly wrong: string } {
  if (isBinary(mode) === isBinary(draft.mode) && !isBinary(mode)) {
    return { draft: { ...draft, mode } };
  }
  const value = draftValue(draft);
  if ('wrong' in value) return value;
  if (!isBinary(mode) && textOf(value.bytes) === undefined) {
    return { wrong: 'the value is binary: it can be shown in hex or base64 alone' };
  }
  return { draft: draftOf(value.bytes, mode) };
}

/** The mode that suits a value best: by the ending of its key, else by what it looks like. */
export function suitingMode(key: string, value: Uint8Array): Mode {
  const text = textOf(value);
  if (text === undefined) return 'hex';
  if (/\.ya?ml$/i.test(key)) return 'yaml';
  if (/\.json$/i.test(key)) return 'json';
  return /^\s*[{[]/.test(text) && checkJson(text) === undefined ? 'json' : 'text';
}

/** Whether a mode shows bytes instead of characters. */
export function isBinary(mode: Mode): boolean {
  return mode === 'hex' || mode === 'base64';
}
