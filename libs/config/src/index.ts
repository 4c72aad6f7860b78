export type {
  CheckSettings,
  DnsConfig,
  HttpConfig,
  ListenAddress,
  LogConfig,
  RuntimeConfig,
  WatchDefinition,
} from './runtime-config.ts';
