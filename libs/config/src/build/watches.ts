import { invalid, mismatch, parseDuration } from '@mesh/base';
import type { WatchDefinition } from '../runtime-config.ts';

type ParameterType = 'text' | 'flag' | 'texts';
type Parameters = Readonly<Record<string, ParameterType>>;

/** Parameters of each watch type; `required` ones first. */
const WATCH_TYPES: Readonly<Record<string, { required: string[]; parameters: Parameters }>> = {
  key: { required: ['key'], parameters: { key: 'text', stale: 'flag' } },
  keyprefix: { required: ['prefix'], parameters: { prefix: 'text', stale: 'flag' } },
  services: { required: [], parameters: { stale: 'flag' } },
  nodes: { required: [], parameters: { stale: 'flag' } },
  service: {
    required: ['service'],
    parameters: { service: 'text', tag: 'texts', passingonly: 'flag', stale: 'flag' },
  },
  checks: { required: [], parameters: { service: 'text', state: 'text', stale: 'flag' } },
  event: { required: [], parameters: { name: 'text' } },
  connect_roots: { required: [], parameters: {} },
  connect_leaf: { required: ['service'], parameters: { service: 'text' } },
  agent_service: { required: ['service_id'], parameters: { service_id: 'text' } },
};

const COMMON = [
  'type',
  'args',
  'handler',
  'handler_type',
  'http_handler_config',
  'datacenter',
  'token',
];

/**
 * A `watches` entry with lower-case keys.
 * @param place for messages, `watches[0]`
 * @throws MeshError `invalid-argument` naming place, key and what is accepted
 */
export function parseWatch(raw: Readonly<Record<string, unknown>>, place: string): WatchDefinition {
  const entry = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  const type = text(entry, 'type', place);
  if (type === '') throw invalid(`${place}: Watch type must be specified`);
  const kind = WATCH_TYPES[type];
  if (kind === undefined || !Object.hasOwn(WATCH_TYPES, type)) {
    const accepted = Object.keys(WATCH_TYPES).join(', ');
    throw invalid(`${place}: Unsupported watch type: ${type}, accepted are ${accepted}`);
  }
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of entry) {
    if (COMMON.includes(name) || value === null || value === undefined) continue;
    const expected = Object.hasOwn(kind.parameters, name) ? kind.parameters[name] : undefined;
    if (expected === undefined) {
      const accepted = Object.keys(kind.parameters).join(', ') || 'none of its own';
      throw invalid(
        `${place}: invalid parameter "${name}" for type ${type}, accepted: ${accepted}`,
      );
    }
    parameters[name] = parameter(value, expected, `${place}.${name}`);
  }
  for (const name of kind.required) {
    if (!parameters[name]) throw invalid(`${place}: type ${type} needs "${name}"`);
  }
  if (type === 'checks' && parameters['service'] && parameters['state']) {
    throw invalid(`${place}: cannot specify service and state`);
  }
  return { type, ...handlerOf(entry, place), ...scope(entry, place), parameters };
}

function scope(entry: ReadonlyMap<string, unknown>, place: string) {
  return { datacenter: text(entry, 'datacenter', place), token: text(entry, 'token', place) };
}

function handlerOf(
  entry: ReadonlyMap<string, unknown>,
  place: string,
): Pick<WatchDefinition, 'handlerType' | 'args' | 'httpHandler'> {
  const args = texts(entry.get('args'), `${place}.args`);
  const command = text(entry, 'handler', place);
  const type = text(entry, 'handler_type', place) || 'script';
  if (type === 'http') {
    if (args.length > 0 || command !== '') {
      throw invalid(`${place}: only one of args, handler and http_handler_config is accepted`);
    }
    return { handlerType: 'http', args: [], httpHandler: httpHandler(entry, place) };
  }
  if (type !== 'script') {
    throw invalid(`${place}: handler_type "${type}" is none of "script", "http"`);
  }
  if (args.length > 0 && command !== '') {
    throw invalid(`${place}: only one of args and handler is accepted`);
  }
  if (args.length === 0 && command === '') {
    throw invalid(`${place}: a watch needs args, or handler_type "http" with http_handler_config`);
  }
  // The old form is one text for the shell.
  return {
    handlerType: 'script',
    args: args.length > 0 ? args : ['/bin/sh', '-c', command],
    httpHandler: undefined,
  };
}

/** path, method (POST), timeout (10s), header, tls_skip_verify. */
function httpHandler(
  entry: ReadonlyMap<string, unknown>,
  place: string,
): Readonly<Record<string, unknown>> {
  const at = `${place}.http_handler_config`;
  const given = entry.get('http_handler_config');
  const raw = Array.isArray(given) && given.length === 1 ? given[0] : given;
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    throw mismatch(at, 'an object', raw);
  }
  const config = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  const known = ['path', 'method', 'timeout', 'header', 'tls_skip_verify'];
  for (const name of config.keys()) {
    if (!known.includes(name)) {
      throw invalid(`${at}: invalid config key ${name}, accepted are ${known.join(', ')}`);
    }
  }
  const path = text(config, 'path', at);
  if (path === '') throw invalid(`${at}: requires 'path' to be set`);
  const timeout = text(config, 'timeout', at) || '10s';
  if (parseDuration(timeout) === undefined) {
    throw invalid(`${at}.timeout: invalid duration "${timeout}", accepted are e.g. 10s or 5m`);
  }
  return {
    path,
    method: text(config, 'method', at) || 'POST',
    timeout,
    header: headerOf(config.get('header'), `${at}.header`),
    tls_skip_verify: parameter(config.get('tls_skip_verify') ?? false, 'flag', at),
  };
}

function headerOf(value: unknown, place: string): Readonly<Record<string, readonly string[]>> {
  if (value === null || value === undefined) return {};
  const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (only === null || typeof only !== 'object' || Array.isArray(only)) {
    throw mismatch(place, 'an object of lists', value);
  }
  return Object.fromEntries(
    Object.entries(only).map(([name, list]) => [name, texts(list, `${place}.${name}`)]),
  );
}

function text(entry: ReadonlyMap<string, unknown>, name: string, place: string): string {
  const value = entry.get(name) ?? '';
  if (typeof value !== 'string') throw mismatch(`${place}.${name}`, 'a text', value);
  return value;
}

function texts(value: unknown, place: string): readonly string[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw mismatch(place, 'a list of texts', value);
  for (const one of value) if (typeof one !== 'string') throw mismatch(place, 'a text', one);
  return value;
}

/** A tag may be one text or a list; it is passed on as given. */
function parameter(value: unknown, type: ParameterType, place: string): unknown {
  if (type === 'flag') {
    if (typeof value !== 'boolean') throw mismatch(place, 'true or false', value);
    return value;
  }
  if (type === 'texts' && Array.isArray(value)) return texts(value, place);
  if (typeof value !== 'string') {
    throw mismatch(place, type === 'texts' ? 'a text or a list of texts' : 'a text', value);
  }
  return value;
}
