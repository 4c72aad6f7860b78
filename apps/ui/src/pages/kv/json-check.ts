/** Where a text is wrong. Lines and columns count from 1. */
export interface TextProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What may come next. */
type Wanted = 'value' | 'first item' | 'name' | 'first name' | 'colon' | 'comma' | 'nothing';

interface Fault {
  readonly at: number;
  readonly message: string;
}

const BLANK = /[ \t\n\r]*/y;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
/** What was meant as a number or a word; the start of it. */
const WORD_LIKE = /[\w.+-]{1,30}/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Checks a text against RFC 8259; undefined when it is JSON. */
export function checkJson(text: string): TextProblem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    // Browsers word and place the fault each in its own way: the text is read again for one of ours.
    const { at, message } = findFault(text);
    return { ...placeOf(text, at), message };
  }
}

/** Line and column of an offset. */
export function placeOf(text: string, offset: number): Pick<TextProblem, 'line' | 'column'> {
  const lines = text.slice(0, offset).split(/\r\n?|\n/);
  return { line: lines.length, column: [...lines[lines.length - 1]!].length + 1 };
}

function findFault(text: string): Fault {
  const open: ('{' | '[')[] = [];
  let wanted: Wanted = 'value';
  let at = 0;
  for (;;) {
    at = skip(BLANK, text, at);
    const next = text[at];
    if (next === undefined || wanted === 'nothing')
      return { at, message: expected(wanted, next, open) };
    const isClosing =
      (next === '}' && open.at(-1) === '{' && (wanted === 'comma' || wanted === 'first name')) ||
      (next === ']' && open.at(-1) === '[' && (wanted === 'comma' || wanted === 'first item'));
    if (isClosing) {
      open.pop();
      wanted = open.length === 0 ? 'nothing' : 'comma';
      at++;
    } else if (wanted === 'colon' || wanted === 'comma') {
      if (next !== (wanted === 'colon' ? ':' : ',')) {
        return { at, message: expected(wanted, next, open) };
      }
      wanted = wanted === 'comma' && open.at(-1) === '{' ? 'name' : 'value';
      at++;
    } else if ((next === '{' || next === '[') && isValue(wanted)) {
      open.push(next);
      wanted = next === '{' ? 'first name' : 'first item';
      at++;
    } else {
      const end = readScalar(text, at, wanted, open);
      if (typeof end !== 'number') return end;
      at = end;
      wanted = isValue(wanted) ? (open.length === 0 ? 'nothing' : 'comma') : 'colon';
    }
  }
}

const isValue = (wanted: Wanted) => wanted === 'value' || wanted === 'first item';

/** The end of a string, number or word, or what is wrong with it. */
function readScalar(
  text: string,
  at: number,
  wanted: Wanted,
  open: readonly string[],
): number | Fault {
  if (text[at] === '"') return readString(text, at);
  const end = isValue(wanted) ? skip(WORD, text, at) : at;
  if (end > at) return end;
  const word = isValue(wanted) ? text.slice(at, skip(WORD_LIKE, text, at)) : '';
  if (word !== '') return { at, message: `${JSON.stringify(word)} is no JSON value` };
  return { at, message: expected(wanted, text[at], open) };
}

function readString(text: string, start: number): number | Fault {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (at >= text.length) return { at: start, message: 'the string is not closed' };
    if (code === 0x22) return at + 1;
    if (code < 0x20) {
      return { at, message: `a string holds ${named(text[at]!)}, which has to be escaped` };
    }
    if (code === 0x5c) {
      const end = skip(ESCAPE, text, at);
      if (end === at) return { at, message: 'a string holds a backslash that escapes nothing' };
      at = end;
    } else at++;
  }
}

/** Where a sticky pattern's match ends; the start where it does not match. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function expected(wanted: Wanted, next: string | undefined, open: readonly string[]): string {
  const close = open.at(-1) === '{' ? '}' : ']';
  const words: Readonly<Record<Wanted, string>> = {
    value: 'a value',
    'first item': 'a value or "]"',
    name: 'a name in double quotes',
    'first name': 'a name in double quotes or "}"',
    colon: '":" after the name',
    comma: `"," or "${close}"`,
    nothing: 'nothing more',
  };
  const found = next === undefined ? 'the text ends' : `there is ${named(next)}`;
  return `${words[wanted]} should come here, but ${found}`;
}

function named(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === '\n' || character === '\r') return 'a line end';
  if (character === '\t') return 'a tab';
  if (code === 0xfeff) return 'a byte order mark';
  if (code < 0x20) return `a control character (${code})`;
  return JSON.stringify(character);
}
