import type { Component, Logger, Metrics, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import {
  type CallHandler,
  type IncomingTls,
  RpcServer,
  type RpcServerLimits,
  type TransportSink,
} from '@mesh/rpc';

/** Longer than any process runs; what a timer can take, milliseconds. */
const UNLIMITED_MS = 2 ** 31 - 1;

export interface RpcPortParts {
  readonly config: RuntimeConfig;
  readonly platform: Platform;
  readonly metrics: Metrics;
  /** Named agent.server. */
  readonly logger: Logger;
  readonly handler: CallHandler;
  readonly tls: IncomingTls;
  /** Where Raft's messages go. @default Raft has no peers */
  readonly transportSink?: TransportSink;
}

/** The port where other agents call this server. */
export function rpcPort(parts: RpcPortParts): Component {
  const { config, platform, metrics, logger, handler, tls, transportSink } = parts;
  const { datacenter, bindAddress, ports } = config;
  return new RpcServer({
    ...{ timers: platform.timers, clock: platform.clock, datacenter, bindAddress },
    ...{ port: ports.server, limits: rpcLimits(config), metrics, logger: logger.named('rpc') },
    ...{ handler, tls },
    ...(transportSink && { transportSink }),
  });
}

/** 0 is no limit in the configuration. */
function rpcLimits({ limits }: RuntimeConfig): Partial<RpcServerLimits> {
  return {
    maxConnectionsPerAddress: limits.rpcMaxConnectionsPerClient || Number.MAX_SAFE_INTEGER,
    handshakeTimeoutMs: limits.rpcHandshakeTimeoutMs || UNLIMITED_MS,
  };
}
