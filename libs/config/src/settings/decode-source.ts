/**
 * Typed values of one configuration source (a file, a fragment): unknown keys and wrong types end
 * here.
 */
import {
  type CheckDefinition,
  decodeCheckDefinition,
  decodeServiceDefinition,
  type ServiceDefinition,
  validateCheckDefinition,
  validateServiceDefinition,
} from '@mesh/api-contract';
import { describe, invalid, MeshError, mismatch, parseDuration } from '@mesh/base';
import type { ConfigKey, KeyValue } from '../keys/key.ts';
import { KEY_TREE, type KeyNode, nearestName } from '../keys/key-tree.ts';

/** A definition with the source it came from. */
export interface DefinitionAt<T> {
  readonly definition: T;
  readonly source: string;
}

export interface SourceValues {
  /** File name, `flags-0.hcl` for a fragment, "flags" for the command line. */
  readonly name: string;
  /** Key name -> value of the key's type. */
  readonly values: ReadonlyMap<string, KeyValue>;
  readonly services: readonly DefinitionAt<ServiceDefinition>[];
  readonly checks: readonly DefinitionAt<CheckDefinition>[];
}

/**
 * Decodes the parsed content of a source. Names match without regard to case; null is "not set".
 * @throws MeshError `invalid-argument`, one line, `failed to parse FILE: ...` with key and what is
 *   accepted
 */
export function decodeSource(name: string, content: unknown): SourceValues {
  const decoder = new SourceDecoder(name);
  try {
    decoder.group(content, KEY_TREE, '');
  } catch (thrown) {
    if (!(thrown instanceof MeshError)) throw thrown;
    throw invalid(`failed to parse ${name}: ${thrown.message}`);
  }
  return decoder.result();
}

class SourceDecoder {
  readonly #name: string;
  readonly #values = new Map<string, KeyValue>();
  readonly #services: DefinitionAt<ServiceDefinition>[] = [];
  readonly #checks: DefinitionAt<CheckDefinition>[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  result(): SourceValues {
    return {
      name: this.#name,
      values: this.#values,
      services: this.#services,
      checks: this.#checks,
    };
  }

  group(content: unknown, node: KeyNode, path: string): void {
    for (const [written, value] of Object.entries(requireObject(content, path))) {
      const child = node.children.get(written.toLowerCase());
      const full = path === '' ? written : `${path}.${written}`;
      if (child === undefined) throw unknownKey(full, written, node);
      if (value === null || value === undefined) continue;
      this.#child(child, full, value);
    }
  }

  #child(child: KeyNode, path: string, value: unknown): void {
    const key = child.key;
    if (key === undefined || key.type === 'group') {
      this.group(value, child, path);
    } else if (key.type === 'definition' || key.type === 'definitions') {
      this.#definitions(key, path, value);
    } else if (key.type === 'objects') {
      this.#values.set(key.name, decodeObjects(value, child, path));
    } else {
      this.#values.set(key.name, decodeValue(key, value, path));
    }
  }

  #definitions(key: ConfigKey, path: string, value: unknown): void {
    // An HCL file may repeat the `service` block, so a list stands for several there too.
    const list = Array.isArray(value) ? value : [value];
    for (const [at, element] of list.entries()) {
      const place = list.length > 1 ? `${path}[${at}]` : path;
      if (key.name.startsWith('service')) this.#service(element, place);
      else this.#check(element, place);
    }
  }

  #service(element: unknown, place: string): void {
    const definition = decodeServiceDefinition(element, place, { source: 'file' });
    named(place, definition.name, () => validateServiceDefinition(definition));
    this.#services.push({ definition, source: this.#name });
  }

  #check(element: unknown, place: string): void {
    const definition = decodeCheckDefinition(element, place, { source: 'file' });
    named(place, definition.name, () => validateCheckDefinition(definition));
    this.#checks.push({ definition, source: this.#name });
  }
}

/** Runs a check of a definition; its failure names the definition's place and name. */
function named(place: string, name: string, check: () => void): void {
  try {
    check();
  } catch (thrown) {
    const of = name === '' ? place : `${place} "${name}"`;
    throw invalid(`${of}: ${(thrown as Error).message}`);
  }
}

/**
 * One value by its row's type, range and accepted texts.
 * @throws MeshError `invalid-argument` naming the path, the value and what is accepted
 */
export function decodeValue(key: ConfigKey, value: unknown, path: string): KeyValue {
  switch (key.type) {
    case 'text':
      return acceptedText(key, value, path);
    case 'flag':
      if (typeof value !== 'boolean') throw mismatch(path, 'true or false', value);
      return value;
    case 'whole':
    case 'number':
      return numberInRange(key, value, path);
    case 'duration':
      return duration(value, path);
    case 'texts':
      return requireList(value, path, 'a list of texts').map((element, at) =>
        requireText(element, `${path}[${at}]`),
      );
    case 'textMap':
      return Object.fromEntries(
        Object.entries(requireObject(value, path)).map(([name, element]) => [
          name,
          requireText(element, `${path}.${name}`),
        ]),
      );
    case 'map':
      return Object.fromEntries(Object.entries(requireObject(value, path)));
    default:
      return (Array.isArray(value) ? value : [value]).map((element, at) => ({
        ...requireObject(element, `${path}[${at}]`),
      }));
  }
}

function decodeObjects(value: unknown, node: KeyNode, path: string): KeyValue {
  return (Array.isArray(value) ? value : [value]).map((element, at) => {
    const place = `${path}[${at}]`;
    const out: Record<string, KeyValue> = {};
    for (const [written, inner] of Object.entries(requireObject(element, place))) {
      const child = node.children.get(written.toLowerCase());
      if (child?.key === undefined) throw unknownKey(`${place}.${written}`, written, node);
      if (inner === null || inner === undefined) continue;
      out[written.toLowerCase()] = decodeValue(child.key, inner, `${place}.${written}`);
    }
    return out;
  });
}

function acceptedText(key: ConfigKey, value: unknown, path: string): string {
  const text = requireText(value, path);
  if (key.accepted !== undefined && !key.accepted.includes(text)) {
    throw mismatch(path, key.accepted.map((one) => `"${one}"`).join(' or '), value);
  }
  return text;
}

function numberInRange(key: ConfigKey, value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw mismatch(path, key.type === 'whole' ? 'a whole number' : 'a number', value);
  }
  if (key.type === 'whole' && !Number.isSafeInteger(value)) {
    throw mismatch(path, 'a whole number', value);
  }
  const range = key.range;
  if (range === undefined || (value >= range.min && value <= range.max)) return value;
  if (key.name.startsWith('ports.')) {
    throw invalid(
      `${path}: invalid port: ${value}, accepted are 1 to ${range.max}, and -1 for off`,
    );
  }
  const accepted =
    range.max === Number.MAX_SAFE_INTEGER ? `${range.min} or more` : `${range.min} to ${range.max}`;
  throw invalid(`${path} cannot be ${value}, accepted are ${accepted}`);
}

function duration(value: unknown, path: string): string {
  if (typeof value !== 'string') throw mismatch(path, 'a duration such as "10s"', value);
  if (parseDuration(value) === undefined) {
    throw invalid(
      `${path}: invalid duration ${describe(value)}, ` +
        'accepted are a number and a unit such as 10s or 5m',
    );
  }
  return value;
}

function requireText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw mismatch(path, 'a text', value);
  return value;
}

function requireList(value: unknown, path: string, expected: string): readonly unknown[] {
  if (!Array.isArray(value)) throw mismatch(path, expected, value);
  return value;
}

function requireObject(value: unknown, path: string): object {
  const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (Array.isArray(only) && only.length > 1 && typeof only[0] === 'object') {
    throw invalid(`${path}: given ${only.length} times, accepted is one object`);
  }
  if (only === null || typeof only !== 'object' || Array.isArray(only)) {
    throw mismatch(path, 'an object', value);
  }
  return only;
}

function unknownKey(full: string, written: string, node: KeyNode): MeshError {
  const near = nearestName(written, node.children.keys());
  const hint = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return invalid(`invalid config key ${full}${hint}`);
}
