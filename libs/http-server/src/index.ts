// The server.
export type { HttpServer, HttpServerOptions, HttpServerTimings } from './http-server.ts';
export { createHttpServer } from './http-server.ts';
export { encodeJson } from './json-encode.ts';
export type { ResponseCacheLimits } from './response-cache.ts';
export { statusOf } from './status.ts';
