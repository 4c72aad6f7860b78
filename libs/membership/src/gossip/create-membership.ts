import { join } from 'node:path';
import type { Logger, Metrics, Platform } from '@mesh/base';
import type { GossipPoolConfig, RuntimeConfig } from '@mesh/config';
import {
  type GossipAddress,
  type GossipConfig,
  type GossipTransport,
  LAN_CONFIG,
  parseIp,
  WAN_CONFIG,
} from '@mesh/gossip';
import { type GossipTransportOptions, NodeGossipTransport } from '@mesh/gossip-transport';
import { type MemberConfig, memberTags, wanMemberTags } from '../member-tags.ts';
import type { PoolName } from '../pool-services.ts';
import { configuredKeyring } from './configured-keyring.ts';
import { GossipMembership } from './gossip-membership.ts';
import { GossipPool, type PoolOptions, type PoolParts } from './gossip-pool.ts';
import type { ResolveHost } from './join-address.ts';
import { lanRules, wanRules } from './pool-rules.ts';
import { SnapshotFile } from './snapshot-file.ts';

/** The part of the configuration that the pools need. */
export type MembershipConfig = MemberConfig &
  Pick<RuntimeConfig, 'dataDir' | 'disableCoordinates' | 'encryptKey' | 'gossip' | 'join'>;

export interface MembershipParts {
  readonly platform: Platform;
  /** Named agent. */
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Of this program: `1.8.6`. */
  readonly version: string;
  /** @default asks the system */
  readonly resolve?: ResolveHost;
  /** @default sockets */
  readonly createTransport?: (options: GossipTransportOptions) => GossipTransport;
}

/** Names of the pools' files in data_dir/serf. */
const FILE_NAMES: Readonly<Record<PoolName, string>> = { lan: 'local', wan: 'remote' };

/** The pools of an agent as configured: LAN, and on servers WAN where it has a port. Nothing happens before `start`. */
export function createMembership(
  config: MembershipConfig,
  parts: MembershipParts,
): GossipMembership {
  const { server, nodeName, datacenter, ports, advertiseLan, advertiseWan, gossip } = config;
  const { platform, logger, version } = parts;
  const lan = createPool(config, parts, {
    pool: 'lan',
    memberName: nodeName,
    address: addressOf(advertiseLan, ports.serfLan),
    tags: memberTags(config, version),
    config: timings(LAN_CONFIG, gossip.lan),
    rules: lanRules({ ...config, allowedCidrs: gossip.lan.allowedCidrs }),
  });
  const wan =
    server && ports.serfWan > 0
      ? createPool(config, parts, {
          pool: 'wan',
          memberName: `${nodeName}.${datacenter}`,
          address: addressOf(advertiseWan, ports.serfWan),
          tags: wanMemberTags(config, version),
          config: timings(WAN_CONFIG, gossip.wan),
          rules: wanRules(gossip.wan.allowedCidrs),
        })
      : undefined;
  return new GossipMembership({
    ...{ lan, wan, nodeName, datacenter, isServer: server, wanPort: ports.serfWan },
    ...{ platform, logger },
  });
}

type PoolIdentity = Pick<
  PoolOptions,
  'pool' | 'memberName' | 'address' | 'tags' | 'config' | 'rules'
>;

function createPool(
  config: MembershipConfig,
  parts: MembershipParts,
  identity: PoolIdentity,
): GossipPool {
  const { dataDir, disableCoordinates, join: joining, server } = config;
  const { platform, metrics, resolve } = parts;
  const { pool } = identity;
  const role = parts.logger.named(server ? 'server' : 'client');
  const logger = role.named('serf').named(pool);
  const { rejoinAfterLeave } = joining;
  const path = join(dataDir, 'serf', `${FILE_NAMES[pool]}.snapshot`);
  return new GossipPool({
    ...identity,
    coordinates: !disableCoordinates,
    parts: () => openParts(config, parts, identity),
    snapshot:
      dataDir === ''
        ? undefined
        : new SnapshotFile({ path, rejoinAfterLeave, platform, logger, metrics }),
    ...{ platform, logger, metrics },
    ...(resolve && { resolve }),
  });
}

function openParts(
  { dataDir, encryptKey, gossip, server }: MembershipConfig,
  parts: MembershipParts,
  { pool, address, config }: PoolIdentity,
): PoolParts {
  const { platform, logger, metrics } = parts;
  const { createTransport = (options) => new NodeGossipTransport(options) } = parts;
  const { disableKeyringFile, verifyIncoming, verifyOutgoing } = gossip;
  const hasFile = dataDir !== '' && !disableKeyringFile;
  const keys = configuredKeyring({
    file: hasFile ? join(dataDir, 'serf', `${FILE_NAMES[pool]}.keyring`) : '',
    ...{ encryptKey, pool: pool.toUpperCase(), logger },
  });
  const { bindAddress, allowedCidrs } = gossip[pool];
  const role = logger.named(server ? 'server' : 'client');
  const transport = createTransport({
    ...{ bindAddress, port: address.port, verifyIncoming, verifyOutgoing },
    ...(keys && { keyring: keys }),
    ...(allowedCidrs.length > 0 && { allowedCidrs }),
    compression: config.compression,
    streamTimeoutMs: config.tcpTimeoutMs,
    logger: role.named('memberlist').named(pool),
    ...{ metrics, timers: platform.timers, clock: platform.clock },
  });
  return { transport, keys };
}

function timings(base: GossipConfig, configured: GossipPoolConfig): GossipConfig {
  const { bindAddress: _bind, allowedCidrs: _cidrs, ...own } = configured;
  return { ...base, ...own };
}

function addressOf(host: string, port: number): GossipAddress {
  return { host: parseIp(host) ?? host, port };
}
