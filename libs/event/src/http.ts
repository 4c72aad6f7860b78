import { eventRoutes } from '@mesh/api-contract';
import { invalid, parseDuration, type Random } from '@mesh/base';
import { type BoundRoute, implement, jsonReply, type RequestContext } from '@mesh/resource';
import type { EventBus } from './event-bus.ts';
import type { EventLog } from './event-log.ts';
import { newEvent } from './fire.ts';

/** What the handlers need. */
export interface EventHttpDeps {
  readonly bus: EventBus;
  readonly log: EventLog;
  readonly random: Random;
  /** Wait of a blocking read that names none, milliseconds. */
  readonly defaultQueryTimeMs: number;
  /** Longest wait, milliseconds. */
  readonly maxQueryTimeMs: number;
}

/** Handlers of the event routes. */
export function eventHttpRoutes(deps: EventHttpDeps): readonly BoundRoute[] {
  return implement(eventRoutes, {
    fire: async ({ params, query, body, token, signal }) => {
      const name = params['name'] ?? '';
      if (name === '') throw invalid('Missing name');
      const event = newEvent(
        {
          name,
          payload: body,
          node: query.get('node') ?? '',
          service: query.get('service') ?? '',
          tag: query.get('tag') ?? '',
        },
        deps.random.uuid(),
      );
      await deps.bus.fire(event, { datacenter: query.get('dc') ?? '', token, signal });
      return jsonReply(event);
    },
    list: async (request) => {
      const name = request.query.get('name') ?? '';
      const index = indexOf(request);
      if (index > 0) {
        const waitMs = Math.min(waitOf(request) || deps.defaultQueryTimeMs, deps.maxQueryTimeMs);
        await deps.log.waitFor(name, index, waitMs, request.signal);
      }
      const headers = { 'X-Consul-Index': String(deps.log.index(name)) };
      return jsonReply(deps.log.list(name), headers);
    },
  });
}

function indexOf({ query }: RequestContext): number {
  const text = query.get('index');
  if (text === undefined || text === '') return 0;
  if (!/^\d+$/.test(text)) throw invalid('Invalid index');
  return Number(text);
}

function waitOf({ query }: RequestContext): number {
  const text = query.get('wait');
  if (text === undefined || text === '') return 0;
  const waitMs = parseDuration(text);
  if (waitMs === undefined || waitMs < 0) throw invalid('Invalid wait time');
  return waitMs;
}
