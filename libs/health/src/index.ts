// For server, DNS and http.
export {
  healthChecksInState,
  healthNodeChecks,
  healthServiceChecks,
  healthServiceNodes,
} from './endpoint.ts';
export type { HealthHttpDeps } from './http.ts';
export { healthHttpRoutes } from './http.ts';
// For prepared queries: reads over a view.
export { healthOf } from './queries.ts';
export { healthResource } from './resource.ts';
export type { CheckQuery, HealthQuery } from './types.ts';
