import type { RuntimeConfig } from '@mesh/config';

/** The part of the configuration by which a member is known. */
export type MemberConfig = Pick<
  RuntimeConfig,
  | 'advertiseLan'
  | 'advertiseWan'
  | 'bindAddress'
  | 'bootstrap'
  | 'bootstrapExpect'
  | 'datacenter'
  | 'nodeId'
  | 'nodeName'
  | 'ports'
  | 'segment'
  | 'server'
> & {
  readonly tls?: Pick<RuntimeConfig['tls'], 'caFile' | 'caPath'>;
};

type Tags = Readonly<Record<string, string>>;

/**
 * Gossip tags by which the others know an agent in the LAN pool, sorted by name (gossip-wire.md 8.2).
 * @param version of the program, `1.8.6`
 */
export function memberTags(config: MemberConfig, version: string): Tags {
  const { server, bootstrap, bootstrapExpect, datacenter, nodeId, ports, segment } = config;
  const common = {
    // After the colon stands the revision; this build has none.
    build: `${version}:`,
    dc: datacenter,
    id: nodeId,
    acls: '0',
    segment,
    vsn: '2',
    vsn_max: '3',
    vsn_min: '2',
  };
  if (!server) return sorted({ ...common, role: 'node' });
  return sorted({
    ...common,
    role: 'consul',
    ft_fs: '1',
    port: String(ports.server),
    raft_vsn: '3',
    ...(ports.serfWan > 0 && { wan_join_port: String(ports.serfWan) }),
    ...(bootstrap && { bootstrap: '1' }),
    ...(bootstrapExpect > 0 && { expect: String(bootstrapExpect) }),
    ...(hasAuthorities(config) && { use_tls: '1' }),
  });
}

/** What the original takes for a sign that a server can speak TLS. */
function hasAuthorities({ tls }: MemberConfig): boolean {
  return tls !== undefined && (tls.caFile !== '' || tls.caPath !== '');
}

/** Tags of a server in the WAN pool. */
export function wanMemberTags(config: MemberConfig, version: string): Tags {
  const { wan_join_port: _port, ...tags } = memberTags(config, version);
  return tags;
}

function sorted(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
