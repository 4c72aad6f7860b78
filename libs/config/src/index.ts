// For composition roots and the agent.

export type { HclObject, HclValue } from '@mesh/hcl';
export { parseHcl } from '@mesh/hcl';
// For the command line.
export { parseWatch } from './build/watches.ts';
export type { ReloadDiff } from './diff-reload.ts';
export { diffReload } from './diff-reload.ts';
export { agentUsage } from './flags/agent-flags.ts';
export type { AgentFlags } from './flags/parse-agent-flags.ts';
export { FlagError, parseAgentFlags } from './flags/parse-agent-flags.ts';
export { parseJson } from './json/parse-json.ts';
// For documentation and tools.
export { ALL_KEYS } from './keys/all-keys.ts';
export type { ConfigKey } from './keys/key.ts';
export { printKeys } from './keys/print-keys.ts';
export type { LoadedConfig, LoadOptions } from './load-config.ts';
export { loadConfig, validateConfigFiles } from './load-config.ts';
export type { DefinitionFile } from './load-definition-file.ts';
export { loadDefinitionFile } from './load-definition-file.ts';
export type {
  CheckSettings,
  DnsConfig,
  GossipPoolConfig,
  HttpConfig,
  HttpsConfig,
  ListenAddress,
  LogConfig,
  RuntimeConfig,
  TlsConfig,
  WatchDefinition,
} from './runtime-config.ts';
export type { ConfigEnvironment, ConfigFiles, InterfaceAddress } from './sources/environment.ts';
export { nodeEnvironment } from './sources/node-environment.ts';
