/**
 * HCL 1, as configuration files use it: `key = value`, blocks with labels, lists, heredocs,
 * comments. Written from the language's published grammar; HCL 2 expressions are not part of it.
 */
import { MeshError } from '@mesh/base';
import { MAX_DEPTH, MAX_TEXT_LENGTH } from './hcl-error.ts';
import { HclLexer, type HclToken } from './lexer.ts';

export type HclValue = string | number | boolean | readonly HclValue[] | HclObject;
/** Without a prototype, so that a key such as `__proto__` is a key like any other. */
export type HclObject = { [key: string]: HclValue };

type EntryKind = 'block' | 'list' | 'scalar';

/**
 * Parses a text to an object. A block that stands once is an object, one that is repeated a list of
 * objects; a label is a key inside: `service "web" {}` is {service: {web: {}}}. A list that is
 * assigned twice is appended to; of a scalar the last value counts.
 * @param file name for messages
 * @throws MeshError `invalid-argument`, `failed to parse FILE:LINE:COLUMN: why`; `too-large` above
 *   16 Mi
 */
export function parseHcl(text: string, file = 'hcl'): HclObject {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new MeshError(
      'too-large',
      `failed to parse ${file}: ${text.length} characters, accepted are at most ${MAX_TEXT_LENGTH}`,
    );
  }
  return new Parser(new HclLexer(file, text)).parse();
}

class Parser {
  readonly #lexer: HclLexer;
  #token: HclToken;
  #depth = 0;

  constructor(lexer: HclLexer) {
    this.#lexer = lexer;
    this.#token = lexer.next();
  }

  parse(): HclObject {
    return this.#body('end');
  }

  #advance(): HclToken {
    const token = this.#token;
    this.#token = this.#lexer.next();
    return token;
  }

  #unexpected(expected: string): MeshError {
    const { kind, value, at } = this.#token;
    const quoted = kind === 'string' || kind === 'heredoc';
    const found = quoted ? JSON.stringify(value) : String(value);
    return this.#lexer.error(at, `expected ${expected}, found ${shorten(found)}`);
  }

  #expect(kind: HclToken['kind'], expected: string): HclToken {
    if (this.#token.kind !== kind) throw this.#unexpected(expected);
    return this.#advance();
  }

  /** Entries up to `closing`, which is left for the caller. */
  #body(closing: '}' | 'end'): HclObject {
    const object = new ObjectBuilder(this.#lexer);
    while (this.#token.kind !== closing) {
      this.#entry(object);
      if (this.#token.kind === ',') this.#advance();
    }
    return object.value;
  }

  #entry(object: ObjectBuilder): void {
    const at = this.#token.at;
    const keys = this.#keys();
    if (this.#token.kind === '=') {
      if (keys.length > 1) throw this.#unexpected('"{" after a label');
      this.#advance();
      const value = this.#value();
      object.add(keys[0]!, value, kindOf(value), at);
      return;
    }
    if (this.#token.kind !== '{') throw this.#unexpected('"=" or "{"');
    let value: HclValue = this.#object();
    for (const label of keys.slice(1).reverse()) {
      const wrapper: HclObject = Object.create(null);
      wrapper[label] = value;
      value = wrapper;
    }
    object.add(keys[0]!, value, 'block', at);
  }

  /** A key and its labels. */
  #keys(): string[] {
    const keys: string[] = [];
    while (this.#token.kind === 'identifier' || this.#token.kind === 'string') {
      keys.push(this.#advance().value as string);
      if (keys.length > MAX_DEPTH) throw this.#unexpected('fewer labels');
    }
    if (keys.length === 0) throw this.#unexpected('a key');
    return keys;
  }

  #object(): HclObject {
    this.#enter();
    this.#expect('{', '"{"');
    const body = this.#body('}');
    this.#expect('}', '"}"');
    this.#depth--;
    return body;
  }

  #list(): readonly HclValue[] {
    this.#enter();
    this.#expect('[', '"["');
    const elements: HclValue[] = [];
    while (this.#token.kind !== ']') {
      elements.push(this.#value());
      if (this.#token.kind !== ',') break;
      this.#advance();
    }
    this.#expect(']', '"," or "]"');
    this.#depth--;
    return elements;
  }

  #value(): HclValue {
    switch (this.#token.kind) {
      case 'string':
      case 'heredoc':
      case 'number':
      case 'boolean':
        return this.#advance().value;
      case '{':
        return this.#object();
      case '[':
        return this.#list();
      case 'identifier':
        throw this.#unexpected('a value (a text needs double quotes)');
      default:
        throw this.#unexpected('a value');
    }
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth > MAX_DEPTH) {
      throw this.#lexer.error(this.#token.at, `nested deeper than ${MAX_DEPTH} levels`);
    }
  }
}

/** Cut to what a message can hold. */
function shorten(text: string): string {
  return text.length > 48 ? `${text.slice(0, 48)}...` : text;
}

function kindOf(value: HclValue): EntryKind {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'block' : 'scalar';
}

/** Collects the entries of one object under HCL 1's rules for keys that come again. */
class ObjectBuilder {
  readonly value: HclObject = Object.create(null);
  readonly #kinds = new Map<string, EntryKind>();
  /** Keys whose blocks came more than once: their value is a list of ours. */
  readonly #repeated = new Set<string>();
  readonly #lexer: HclLexer;

  constructor(lexer: HclLexer) {
    this.#lexer = lexer;
  }

  add(key: string, value: HclValue, kind: EntryKind, at: number): void {
    const before = this.#kinds.get(key);
    if (before === undefined || (before === 'scalar' && kind === 'scalar')) {
      this.#kinds.set(key, kind);
      this.value[key] = value;
      return;
    }
    const existing = this.value[key]!;
    if (before === 'list' && kind === 'list') {
      (existing as HclValue[]).push(...(value as readonly HclValue[]));
    } else if (before === 'block' && kind === 'block') {
      if (this.#repeated.has(key)) (existing as HclValue[]).push(value);
      else this.value[key] = [existing, value];
      this.#repeated.add(key);
    } else {
      throw this.#lexer.error(
        at,
        `${shorten(JSON.stringify(key))} stands twice, as a ${before} and as a ${kind}`,
      );
    }
  }
}
