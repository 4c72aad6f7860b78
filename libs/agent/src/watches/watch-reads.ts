import type { KvPair } from '@mesh/api-contract';
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
    <A, R>(
      endpoint: ReadEndpoint<A, R>,
      args: A,
      view: (value: R) => unknown = (value) => value,
    ): WatchRead =>
    async (options) => {
      const { value, index } = await sources.rpc.read(endpoint, args, options);
      return { value: view(value), index };
    };
  switch (watch.type) {
    case 'key':
      return read(kvGet, { key: own('key') }, (pair) => (pair ? pairView(pair) : null));
    case 'keyprefix':
      return read(kvList, { prefix: own('prefix') }, (pairs) =>
        pairs.length > 0 ? pairs.map(pairView) : null,
      );
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

/** A pair as handlers get it: in the original's order, and with its session where it has none. */
function pairView(pair: KvPair): unknown {
  const { Key, CreateIndex, ModifyIndex, LockIndex, Flags, Value, Session = '' } = pair;
  return { Key, CreateIndex, ModifyIndex, LockIndex, Flags, Value, Session };
}

/**
 * Yields the events since its last call, at first all that are kept: a handler acts on each event once.
 * Their index is no order, so the one to wait beyond is kept here.
 */
function eventRead(events: EventLog, name: string): WatchRead {
  let seenIndex: number | undefined;
  let seenId: string | undefined;
  return async (_options, signal) => {
    for (;;) {
      const isFirst = seenIndex === undefined;
      if (!isFirst) await events.waitFor(name, seenIndex ?? 0, EVENT_WAIT_MS, signal);
      const kept = events.list(name);
      const value = kept.slice(kept.findIndex(({ ID }) => ID === seenId) + 1);
      seenId = kept.at(-1)?.ID ?? seenId;
      seenIndex = events.index(name);
      if (isFirst || value.length > 0 || signal.aborted) return { value, index: seenIndex };
    }
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
