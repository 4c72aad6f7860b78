import { eventRoutes, type UserEvent } from '@mesh/api-contract';
import { base64Decode } from '@mesh/base';
import type { ClientCore } from '../client-core.ts';
import type { CallOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** Who takes an event: regular expressions on names. */
export interface EventFilters {
  readonly node?: string;
  readonly service?: string;
  /** Only together with `service`. */
  readonly tag?: string;
}

type JsonEvent = Omit<UserEvent, 'Payload'> & { readonly Payload: string | null };

/** User events. */
export class EventApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Sends an event with a small payload. Not retried: it would be two events. */
  async fire(
    name: string,
    payload: string | Uint8Array = '',
    options: CallOptions & EventFilters = {},
  ): Promise<UserEvent> {
    const { node, service, tag } = options;
    const change = {
      route: eventRoutes.fire,
      params: { name },
      query: { node, service, tag },
      body: payload,
      idempotent: false,
    };
    return decodeEvent(JSON.parse((await this.#core.change(change, options)).body) as JsonEvent);
  }

  /** The last events that the agent has seen, oldest first. */
  list(
    options: CallOptions & EventFilters & { readonly name?: string } = {},
  ): Read<readonly UserEvent[]> {
    const { name, node, service, tag } = options;
    const decoder = {
      decode: (body: unknown) => ((body ?? []) as readonly JsonEvent[]).map(decodeEvent),
    };
    return this.#core.read(eventRoutes.list, {}, { name, node, service, tag }, decoder, options);
  }
}

function decodeEvent(event: JsonEvent): UserEvent {
  return {
    ...event,
    Payload: event.Payload === null ? null : (base64Decode(event.Payload) ?? null),
  };
}
