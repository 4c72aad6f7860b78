import type { UserEvent } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { compilePattern } from '@mesh/filter';

/** Largest event before encoding, bytes: it has to fit a gossip datagram (serf's UserEventSizeLimit). */
export const MAX_EVENT_BYTES = 512;
/** Bytes that encoding adds to name and payload, about. */
const EVENT_OVERHEAD_BYTES = 120;

/** What a client fires. */
export interface EventRequest {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly node: string;
  readonly service: string;
  readonly tag: string;
}

/** Checks a request and makes the event of it. Throws `invalid-argument` that names the filter or limit. */
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
  const size = name.length + payload.length + node.length + service.length + tag.length;
  if (size + EVENT_OVERHEAD_BYTES > MAX_EVENT_BYTES) {
    throw invalid(
      `user event exceeds the limit of ${MAX_EVENT_BYTES} bytes: ` +
        `name, payload and filters may have ${MAX_EVENT_BYTES - EVENT_OVERHEAD_BYTES} together`,
    );
  }
  return {
    ID: id,
    Name: name,
    Payload: payload.length === 0 ? null : payload,
    NodeFilter: node,
    ServiceFilter: service,
    TagFilter: tag,
    Version: 1,
    LTime: 0,
  };
}
