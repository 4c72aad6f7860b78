// For the command and the app.
export type { AgentAnswer, AgentHttp } from './agent-http.ts';
export type { LiveConnection } from './live-connections.ts';
export type { ProxyConfig, UpstreamConfig } from './proxy-config.ts';
export { configOf, DEFAULTS } from './proxy-config.ts';
export type { SidecarProxyOptions } from './sidecar-proxy.ts';
export { SidecarProxy } from './sidecar-proxy.ts';
export { Watched } from './watched.ts';
