import type { UserEvent } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { compilePattern } from '@mesh/filter';
import { eventMessageBytes } from './event-size.ts';

/**
 * Largest event as a message, bytes: it has to fit a gossip datagram (serf's UserEventSizeLimit).
 */
export const MAX_EVENT_BYTES = 512;

/** What a client fires. */
export interface EventRequest {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly node: string;
  readonly service: string;
  readonly tag: string;
}

/**
 * Checks a request and makes the event of it. Throws `invalid-argument` that names the filter or
 * limit.
 */
export function newEvent(request: EventRequest, id: string): UserEvent {
  const { name, payload, node, service, tag } = request;
  if (tag !== '' && service === '') {
    throw invalid('Cannot provide tag filter without service filter');
  }
  for (const [what, pattern] of Object.entries({ node, service, tag })) {
    try {
      if (pattern !== '') compilePattern(pattern);
    } catch (cause) {
      throw invalid(`Invalid ${what} filter: ${cause instanceof Error ? cause.message : cause}`);
    }
  }
  const event: UserEvent = {
    ID: id,
    Name: name,
    Payload: payload.length === 0 ? null : payload,
    NodeFilter: node,
    ServiceFilter: service,
    TagFilter: tag,
    Version: 1,
    LTime: 0,
  };
  const size = eventMessageBytes(event);
  if (size > MAX_EVENT_BYTES) {
    throw invalid(
      `user event exceeds the limit of ${MAX_EVENT_BYTES} bytes: with name, payload and filters it has ${size}`,
    );
  }
  return event;
}
