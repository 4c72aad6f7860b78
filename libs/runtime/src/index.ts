export { runAgent } from './agent-command.ts';
// For tools and tests.
export { createPlatform } from './platform/node-platform.ts';
export type { Sidecar, SidecarOptions, SidecarPlan } from './roots/sidecar.ts';
export { startSidecar } from './roots/sidecar.ts';
export { VERSION } from './version.ts';
