import { catalogNodes, catalogServices } from '@mesh/catalog';
import type { WatchDefinition } from '@mesh/config';
import type { EventLog } from '@mesh/event';
import { healthChecksInState, healthServiceChecks, healthServiceNodes } from '@mesh/health';
import { kvGet, kvList } from '@mesh/kv';
import type { ReadEndpoint, ReadOptions, Rpc } from '@mesh/resource';

/** What a watch saw: the value for its handler and the index to wait beyond. */
export interface Watched {
  readonly value: unknown;
  readonly index: number;
}

/** Reads the value of a watch; with options.minIndex waits until there is something newer. */
export type WatchRead = (options: ReadOptions, signal: AbortSignal) => Promise<Watched>;

export interface WatchSources {
  readonly rpc: Rpc;
  readonly events: EventLog;
}

/** Longest wait for an event, milliseconds. */
const EVENT_WAIT_MS = 300_000;

/** How a watch of its type reads; undefined for types of capabilities that are absent. */
export function watchRead(watch: WatchDefinition, sources: WatchSources): WatchRead | undefined {
  const own = (name: string) => textOf(watch.parameters[name]);
  const read =
    <A, R>(endpoint: ReadEndpoint<A, R>, args: A): WatchRead =>
    async (options) => {
      const { value, index } = await sources.rpc.read(endpoint, args, options);
      return { value: value ?? null, index };
    };
  switch (watch.type) {
    case 'key':
      return read(kvGet, { key: own('key') });
    case 'keyprefix':
      return read(kvList, { prefix: own('prefix') });
    case 'services':
      return read(catalogServices, { nodeMeta: {} });
    case 'nodes':
      return read(catalogNodes, { nodeMeta: {}, filter: '' });
    case 'service':
      return read(healthServiceNodes, {
        service: own('service'),
        connect: false,
        ingress: false,
        tags: tagsOf(watch.parameters['tag']),
        passingOnly: isTrue(watch.parameters['passingonly']),
        nodeMeta: {},
        filter: '',
      });
    case 'checks':
      return own('service') !== ''
        ? read(healthServiceChecks, { service: own('service'), nodeMeta: {}, filter: '' })
        : read(healthChecksInState, { state: own('state') || 'any', nodeMeta: {}, filter: '' });
    case 'event':
      return eventRead(sources.events, own('name'));
    default:
      return undefined;
  }
}

function eventRead(events: EventLog, name: string): WatchRead {
  return async ({ minIndex }, signal) => {
    if (minIndex > 0) await events.waitFor(name, minIndex, EVENT_WAIT_MS, signal);
    return { value: events.list(name), index: events.index(name) };
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === '1';
}

function tagsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(textOf);
  return textOf(value) === '' ? [] : [textOf(value)];
}
