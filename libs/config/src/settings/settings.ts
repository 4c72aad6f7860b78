import { assert, parseDuration } from '@mesh/base';
import { AGENT_KEYS, KEY_BY_NAME } from '../keys/all-keys.ts';
import type { ConfigKey, KeyValue } from '../keys/key.ts';
import type { SourceValues } from './decode-source.ts';

/** A value that somebody set, and where (the last source that touched it). */
interface SetValue {
  readonly value: KeyValue;
  readonly source: string;
}

/** Name of the source that single flags are. */
export const FLAGS_SOURCE = 'flags';

/**
 * All keys with their effective values: those of the sources merged in order (lists append, maps
 * merge, the rest is replaced), else the default, which -dev may change.
 */
export class Settings {
  readonly dev: boolean;
  readonly #set: ReadonlyMap<string, SetValue>;

  constructor(dev: boolean, sources: readonly SourceValues[]) {
    this.dev = dev;
    this.#set = merge(sources);
  }

  /** True when a source set the key (not to null). */
  isSet(name: string): boolean {
    return this.#set.has(name);
  }

  /** Where a key was set, "" if nowhere: for messages. */
  sourceOf(name: string): string {
    return this.#set.get(name)?.source ?? '';
  }

  /** `FILE: ` for messages about a key's value, "" where it is a default or came from a flag. */
  prefix(name: string): string {
    const source = this.sourceOf(name);
    return source === '' || source === FLAGS_SOURCE ? '' : `${source}: `;
  }

  /** Effective value; undefined where nothing is set and the default is computed elsewhere. */
  value(name: string): KeyValue | undefined {
    const row = rowOf(name);
    return (row.settable ? this.#set.get(name)?.value : undefined) ?? this.fallback(row);
  }

  /** Default of a key under this mode. */
  fallback(row: ConfigKey): KeyValue | undefined {
    return (this.dev ? row.devFallback : undefined) ?? row.fallback;
  }

  /** A text, "" where unset. */
  text(name: string): string {
    const value = this.value(name) ?? '';
    assert(typeof value === 'string', `${name} is a text`);
    return value;
  }

  /** A flag, false where unset. */
  flag(name: string): boolean {
    const value = this.value(name) ?? false;
    assert(typeof value === 'boolean', `${name} is a flag`);
    return value;
  }

  /** A number, 0 where unset. */
  number(name: string): number {
    const value = this.value(name) ?? 0;
    assert(typeof value === 'number', `${name} is a number`);
    return value;
  }

  /** Milliseconds of a duration, 0 where unset. */
  durationMs(name: string): number {
    const text = this.text(name);
    const ms = text === '' ? 0 : parseDuration(text);
    assert(ms !== undefined, `${name} is a duration`);
    return ms;
  }

  /** A list of texts, empty where unset. */
  texts(name: string): readonly string[] {
    return this.list(name) as readonly string[];
  }

  /** A list, empty where unset. */
  list(name: string): readonly unknown[] {
    const value = this.value(name) ?? [];
    assert(Array.isArray(value), `${name} is a list`);
    return value;
  }

  /** A map from text to text, empty where unset. */
  textMap(name: string): Readonly<Record<string, string>> {
    return this.map(name) as Readonly<Record<string, string>>;
  }

  /** A map, empty where unset. */
  map(name: string): Readonly<Record<string, unknown>> {
    const value = this.value(name) ?? {};
    assert(typeof value === 'object' && !Array.isArray(value), `${name} is a map`);
    return value as Readonly<Record<string, unknown>>;
  }

  /** Keys that a source set, in the order of the key tables. */
  setKeys(): readonly ConfigKey[] {
    return AGENT_KEYS.filter((row) => this.#set.has(row.name));
  }
}

function rowOf(name: string): ConfigKey {
  const row = KEY_BY_NAME.get(name);
  assert(row !== undefined, `${name} is a configuration key`);
  return row;
}

function merge(sources: readonly SourceValues[]): ReadonlyMap<string, SetValue> {
  const merged = new Map<string, SetValue>();
  for (const source of sources) {
    for (const [name, value] of withPresentNames(source.values)) {
      const before = merged.get(name)?.value;
      merged.set(name, { value: combine(before, value), source: source.name });
    }
  }
  return merged;
}

/** Old names stay (so that they can be warned of) and set the present name where it is not set. */
function withPresentNames(values: ReadonlyMap<string, KeyValue>): ReadonlyMap<string, KeyValue> {
  const out = new Map(values);
  for (const [name, value] of values) {
    const present = rowOf(name).oldNameOf;
    if (present !== '' && !values.has(present)) out.set(present, value);
    if (name === 'acl_datacenter' && value !== '' && !values.has('acl.enabled')) {
      out.set('acl.enabled', true);
    }
  }
  return out;
}

function combine(before: KeyValue | undefined, value: KeyValue): KeyValue {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
  if (isMap(before) && isMap(value)) {
    // Not a spread into a literal: a key named __proto__ must stay a key.
    return Object.fromEntries([...Object.entries(before), ...Object.entries(value)]);
  }
  return value;
}

function isMap(value: KeyValue | undefined): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && !Array.isArray(value);
}
