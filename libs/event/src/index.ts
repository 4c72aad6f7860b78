// For agents.

// For servers.
export type { EventFireArgs, EventSender } from './endpoint.ts';
export { eventFire, eventResource } from './endpoint.ts';
export type { EventBus, FireOptions } from './event-bus.ts';
export { LocalEventBus } from './event-bus.ts';
export { EVENT_LOG_SIZE, EventLog } from './event-log.ts';
export type { LocalServices } from './event-target.ts';
export { isMeantFor } from './event-target.ts';
export type { EventRequest } from './fire.ts';
export { MAX_EVENT_BYTES, newEvent } from './fire.ts';
export type { EventReceiver, GossipEvent, GossipEventBusOptions } from './gossip-event-bus.ts';
export { GossipEventBus } from './gossip-event-bus.ts';
export type { EventHttpDeps } from './http.ts';
export { eventHttpRoutes } from './http.ts';
