/**
 * Line ends of a text in a browser's editor. A textarea gives every line end back as LF (HTML, section 4.10.11,
 * "API value"), so what a value had must be remembered and put back.
 */
type LineEnd = '\r\n' | '\r' | '\n';

/** The text as a textarea gives it back. */
export function editorText(raw: string): string {
  return raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
}

/**
 * The text after an edit. Everything before the first and behind the last changed character keeps its own line
 * ends; what is new gets those that the text has most of.
 */
export function applyEdit(raw: string, edited: string): string {
  if (!raw.includes('\r')) return edited;
  const before = editorText(raw);
  if (edited === before) return raw;
  const shorter = Math.min(before.length, edited.length);
  let head = 0;
  while (head < shorter && before[head] === edited[head]) head++;
  let tail = 0;
  while (
    tail < shorter - head &&
    before[before.length - 1 - tail] === edited[edited.length - 1 - tail]
  ) {
    tail++;
  }
  const end = mostFrequent(raw);
  const whole = (text: string) => (end === '\n' ? text : text.replaceAll('\n', end));
  const spliced =
    raw.slice(0, rawOffset(raw, head)) +
    whole(edited.slice(head, edited.length - tail)) +
    raw.slice(rawOffset(raw, before.length - tail));
  // A CR left before an LF by the cut would make one line end of two.
  return editorText(spliced) === edited ? spliced : whole(edited);
}

/** What the lines of a text end with, for people; '' where there is one line, or the usual LF. */
export function lineEndNote(raw: string): string {
  const { crlf, cr, lf } = count(raw);
  if (crlf + cr === 0) return '';
  const kinds = [crlf > 0 && 'CR LF', cr > 0 && 'CR', lf > 0 && 'LF'].filter(Boolean);
  return kinds.length === 1
    ? `Lines end with ${kinds[0]}, and will`
    : `Lines end with ${kinds.join(' and ')}; those that are not edited stay as they are`;
}

function mostFrequent(raw: string): LineEnd {
  const { crlf, cr, lf } = count(raw);
  if (lf > crlf && lf > cr) return '\n';
  return crlf >= cr ? '\r\n' : '\r';
}

function count(raw: string): { readonly crlf: number; readonly cr: number; readonly lf: number } {
  const found = { crlf: 0, cr: 0, lf: 0 };
  for (let at = 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (code === 10) found.lf++;
    else if (code === 13) {
      if (raw.charCodeAt(at + 1) === 10) {
        found.crlf++;
        at++;
      } else found.cr++;
    }
  }
  return found;
}

/** Where the character of an offset in the editor's text stands in the raw one. */
function rawOffset(raw: string, offset: number): number {
  let at = 0;
  for (let seen = 0; seen < offset; seen++) {
    at += raw.charCodeAt(at) === 13 && raw.charCodeAt(at + 1) === 10 ? 2 : 1;
  }
  return at;
}
