import { CommandError } from '@mesh/cli-kit';
import { encodePath, type Query } from './agent-api/agent-api.ts';
import { type ApiKvPair, parseKvPairs } from './kv-pairs.ts';

/** What `consul watch` can be told, by flag. */
export interface WatchParameters {
  readonly type: string;
  readonly key: string;
  readonly prefix: string;
  readonly service: string;
  readonly tag: readonly string[];
  readonly passingonly: string;
  readonly state: string;
  readonly name: string;
}

/** A question to ask again and again, and what the handler gets of its answer. */
export interface WatchQuestion {
  readonly path: string;
  readonly query: Query;
  /** A status of 404 is an answer: there is nothing. */
  readonly mayBeAbsent: boolean;
  /** Value for the handler; body is '' where there is nothing. */
  decode(body: string): unknown;
  /** Events come as a list of the latest: keep those after the last one seen. */
  readonly newestOnly: boolean;
}

const TYPES: Readonly<Record<string, (parameters: WatchParameters) => WatchQuestion>> = {
  key: ({ key }) => ({
    ...question(`/v1/kv/${encodePath(required('key', key))}`),
    mayBeAbsent: true,
    decode: (body) => (body === '' ? null : kvView(parseKvPairs(body)[0])),
  }),
  keyprefix: ({ prefix }) => ({
    ...question(`/v1/kv/${encodePath(required('prefix', prefix))}`, { recurse: true }),
    mayBeAbsent: true,
    decode: (body) => (body === '' ? null : parseKvPairs(body).map(kvView)),
  }),
  services: () => question('/v1/catalog/services'),
  nodes: () => question('/v1/catalog/nodes'),
  service: ({ service, tag, passingonly }) =>
    question(`/v1/health/service/${encodePath(required('service', service))}`, {
      tag,
      passing: isTrue(passingonly) ? '1' : undefined,
    }),
  checks: ({ service, state }) => {
    if (service !== '' && state !== '') throw new CommandError('Cannot specify service and state');
    return service !== ''
      ? question(`/v1/health/checks/${encodePath(service)}`)
      : question(`/v1/health/state/${encodePath(state || 'any')}`);
  },
  event: ({ name }) => ({
    ...question('/v1/event/list', { name: name || undefined }),
    newestOnly: true,
  }),
  connect_roots: () => question('/v1/agent/connect/ca/roots'),
  connect_leaf: ({ service }) =>
    question(`/v1/agent/connect/ca/leaf/${encodePath(required('service', service))}`),
};

/** The question of a watch type. @throws CommandError for an unknown type or a missing parameter */
export function watchQuestion(parameters: WatchParameters): WatchQuestion {
  const make = Object.hasOwn(TYPES, parameters.type) ? TYPES[parameters.type] : undefined;
  if (make === undefined) throw new CommandError(`Unsupported watch type: ${parameters.type}`);
  return make(parameters);
}

function question(path: string, query: Query = {}): WatchQuestion {
  return {
    path,
    query,
    mayBeAbsent: false,
    newestOnly: false,
    decode: (body) => JSON.parse(body) as unknown,
  };
}

function required(what: string, value: string): string {
  if (value === '') throw new CommandError(`Must specify a single ${what} to watch`);
  return value;
}

function isTrue(text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false|)$/i.test(text)) return false;
  throw new CommandError(`-passingonly=${text}: accepted are true and false`);
}

/** A pair in the form and order that handlers of the original get. */
function kvView(pair: ApiKvPair | undefined): unknown {
  if (pair === undefined) return null;
  return {
    Key: pair.Key,
    CreateIndex: pair.CreateIndex,
    ModifyIndex: pair.ModifyIndex,
    LockIndex: pair.LockIndex,
    Flags: pair.Flags,
    Value: pair.Value.length === 0 ? null : pair.Value.toString('base64'),
    Session: pair.Session,
  };
}
