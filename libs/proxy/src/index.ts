// For the composition root.
export type { AgentAnswer, AgentHttp } from './agent-http.ts';
export { AgentPresence } from './agent-presence.ts';
export type { ProxyConfig, PublicSettings, UpstreamConfig } from './proxy-config.ts';
export { configOf, DEFAULTS, hostPort } from './proxy-config.ts';
export { SelfRegistration } from './self-registration.ts';
export type { SidecarProxyOptions } from './sidecar-proxy.ts';
export { SidecarProxy } from './sidecar-proxy.ts';
// For those who show it.
export type { ConnectionStatus, ListenerStatus, ProxyStatus } from './status.ts';
export type { MorePages, Page, StatusServerOptions, StatusSource } from './status-server.ts';
export { StatusServer } from './status-server.ts';
export { Watched } from './watched.ts';
