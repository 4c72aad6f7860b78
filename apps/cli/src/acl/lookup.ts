import { type AgentApi, ApiStatusError } from '../agent-api/agent-api.ts';
import { attempt } from '../command.ts';

/** A sort of record that commands name by ID, a prefix of it, or a name. */
export interface RecordKind {
  /** `token`, for messages. */
  readonly word: string;
  /** Path of the list of all. */
  readonly list: string;
  /** Path of one, without its ID. */
  readonly one: string;
  readonly idField: 'AccessorID' | 'ID';
  /** Names of records that are always there, for their IDs. */
  readonly builtin: Readonly<Record<string, string>>;
}

export const TOKENS: RecordKind = {
  word: 'token',
  list: '/v1/acl/tokens',
  one: '/v1/acl/token',
  idField: 'AccessorID',
  builtin: { anonymous: '00000000-0000-0000-0000-000000000002' },
};

export const POLICIES: RecordKind = {
  word: 'policy',
  list: '/v1/acl/policies',
  one: '/v1/acl/policy',
  idField: 'ID',
  builtin: { 'global-management': '00000000-0000-0000-0000-000000000001' },
};

export const ROLES: RecordKind = {
  word: 'role',
  list: '/v1/acl/roles',
  one: '/v1/acl/role',
  idField: 'ID',
  builtin: {},
};

export const BINDING_RULES: RecordKind = {
  word: 'binding rule',
  list: '/v1/acl/binding-rules',
  one: '/v1/acl/binding-rule',
  idField: 'ID',
  builtin: {},
};

type Row = Readonly<Partial<Record<'AccessorID' | 'ID' | 'Name', string>>>;

const UUID_CHARS = 36;
/** IDs that a message names when a prefix fits several. */
const MAX_NAMED = 5;

/** Finds the IDs of records by what a person types; asks for the list of all at most once. */
export class Lookup {
  readonly #api: AgentApi;
  readonly #kind: RecordKind;
  #rows: Promise<readonly Row[]> | undefined;

  constructor(api: AgentApi, kind: RecordKind) {
    this.#api = api;
    this.#kind = kind;
  }

  /** Whole ID for an ID, a prefix that fits one alone, or a built-in name. @throws CommandError */
  id(text: string): Promise<string> {
    return attempt(`Error determining ${this.#kind.word} ID`, this.#byPrefix(text));
  }

  /** ID of the record with a name. @throws CommandError */
  idOfName(name: string): Promise<string> {
    return attempt(`Error determining ${this.#kind.word} ID`, this.#byName(name));
  }

  async #byPrefix(text: string): Promise<string> {
    const { word, idField, builtin } = this.#kind;
    if (Object.hasOwn(builtin, text)) return builtin[text]!;
    if (text.length === UUID_CHARS) return text;
    const ids = (await this.#all())
      .map((row) => row[idField] ?? '')
      .filter((id) => id.startsWith(text));
    if (ids.length === 1) return ids[0]!;
    if (ids.length === 0) throw new Error(`No such ${word} ID with prefix: ${text}`);
    const named = ids.slice(0, MAX_NAMED).join(', ');
    const more = ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : '';
    throw new Error(`${ids.length} ${word} IDs begin with ${text}: ${named}${more}`);
  }

  async #byName(name: string): Promise<string> {
    const { word, idField } = this.#kind;
    const row = (await this.#all()).find((one) => one.Name === name);
    if (row) return row[idField]!;
    throw new Error(`No such ${word} with name ${name}`);
  }

  #all(): Promise<readonly Row[]> {
    this.#rows ??= this.#api.get<readonly Row[] | null>(this.#kind.list).then((rows) => rows ?? []);
    return this.#rows;
  }
}

/** Path of one record. */
export function pathOf({ one }: RecordKind, id: string): string {
  return `${one}/${encodeURIComponent(id)}`;
}

/** What a path answers; undefined where it answers 404. @throws Error for any other failure */
export async function getIfThere<T>(api: AgentApi, path: string): Promise<T | undefined> {
  try {
    return await api.get<T>(path);
  } catch (error) {
    if (error instanceof ApiStatusError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Sends a record with PUT, or nothing. @returns the record as it is stored @throws Error
 */
export async function putRecord<T>(api: AgentApi, path: string, record?: unknown): Promise<T> {
  const answer = await api.put(path, record === undefined ? {} : { body: JSON.stringify(record) });
  try {
    return JSON.parse(answer) as T;
  } catch (error) {
    throw new Error(`the answer to ${path} is not JSON: ${(error as Error).message}`);
  }
}
