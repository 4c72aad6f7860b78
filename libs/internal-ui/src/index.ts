// For server and http.
export { uiNode, uiNodes, uiServices, uiTopology } from './endpoint.ts';
export type { InternalUiHttpDeps } from './http.ts';
export { internalUiHttpRoutes } from './http.ts';
export type { UiNode } from './queries.ts';
export { internalUiResource } from './resource.ts';
