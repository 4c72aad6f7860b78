// For agents.
export type { EventBus } from './event-bus.ts';
export { LocalEventBus } from './event-bus.ts';
export type { LocalServices } from './event-log.ts';
export { EVENT_LOG_SIZE, EventLog } from './event-log.ts';
export type { EventRequest } from './fire.ts';
export { MAX_EVENT_BYTES, newEvent } from './fire.ts';
export type { EventHttpDeps } from './http.ts';
export { eventHttpRoutes } from './http.ts';
