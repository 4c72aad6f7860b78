import { utf8Bytes } from '@mesh/base';
import type { PoolEvents } from '../pool-services.ts';

/** Event by which a server tells its datacenter that it leads; the payload is its node name. */
export const NEW_LEADER_EVENT = 'consul:new-leader';

/** Tells all agents of the datacenter that the server with that name leads. */
export function fireNewLeader(events: PoolEvents, nodeName: string): void {
  events.fire(NEW_LEADER_EVENT, utf8Bytes(nodeName));
}
