// For composition roots.
export { statusHttpRoutes } from './http/status.ts';
export type { Server, ServerOptions } from './server.ts';
export { createServer } from './server.ts';
