export { runAgent } from './agent-command.ts';
// For tools and tests.
export { createPlatform } from './platform/node-platform.ts';
export { VERSION } from './version.ts';
