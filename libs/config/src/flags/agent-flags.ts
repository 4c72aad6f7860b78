/**
 * The flags of `consul agent` as data: parsing, usage text and the keys they set follow from it.
 */

/** flag: true without a value; texts and pairs (key:value) may be given again and again. */
export type AgentFlagKind = 'text' | 'flag' | 'whole' | 'texts' | 'pairs';

export interface AgentFlag {
  /** With its dash. */
  readonly name: string;
  /** Configuration key that it sets; '' for flags that say where configuration comes from. */
  readonly key: string;
  readonly kind: AgentFlagKind;
  readonly doc: string;
}

function row(name: string, key: string, kind: AgentFlagKind, doc: string): AgentFlag {
  return { name, key, kind, doc };
}

/** All flags by name. */
export const AGENT_FLAGS: readonly AgentFlag[] = [
  row('-advertise', 'advertise_addr', 'text', 'Address that other members are told to use.'),
  row('-advertise-wan', 'advertise_addr_wan', 'text', 'The same for other datacenters.'),
  row(
    '-allow-write-http-from',
    'http_config.allow_write_http_from',
    'texts',
    'Network (CIDR) that may send writes over HTTP; may be repeated.',
  ),
  row('-alt-domain', 'alt_domain', 'text', 'Second DNS domain that is answered.'),
  row('-bind', 'bind_addr', 'text', 'Address for RPC and gossip.'),
  row('-bootstrap', 'bootstrap', 'flag', 'Single server that elects itself.'),
  row('-bootstrap-expect', 'bootstrap_expect', 'whole', 'Servers to wait for before an election.'),
  row('-check_output_max_size', 'check_output_max_size', 'whole', 'Bytes kept of check output.'),
  row('-client', 'client_addr', 'text', 'Address for HTTP, HTTPS, gRPC and DNS.'),
  row('-config-dir', '', 'texts', 'Folder with .json and .hcl files, read by name; repeatable.'),
  row('-config-file', '', 'texts', 'File in JSON or HCL; repeatable.'),
  row('-config-format', '', 'text', 'Format of all files whatever their names: json or hcl.'),
  row('-data-dir', 'data_dir', 'text', 'Folder for the state of the agent.'),
  row('-datacenter', 'datacenter', 'text', 'Datacenter of the agent.'),
  row('-default-query-time', 'default_query_time', 'text', 'Wait of blocking queries without one.'),
  row('-dev', '', 'flag', 'Development mode: a server in memory, on loopback.'),
  row('-disable-host-node-id', 'disable_host_node_id', 'flag', 'Random node id, not the host id.'),
  row('-disable-keyring-file', 'disable_keyring_file', 'flag', 'Keep no gossip keyring on disk.'),
  row('-dns-port', 'ports.dns', 'whole', 'Port of DNS.'),
  row('-domain', 'domain', 'text', 'DNS domain.'),
  row(
    '-enable-local-script-checks',
    'enable_local_script_checks',
    'flag',
    'Allow script checks from configuration files.',
  ),
  row(
    '-enable-script-checks',
    'enable_script_checks',
    'flag',
    'Allow script checks from configuration files and from the API.',
  ),
  row('-encrypt', 'encrypt', 'text', 'Gossip key, base64.'),
  row('-grpc-port', 'ports.grpc', 'whole', 'Port of gRPC.'),
  row('-hcl', '', 'texts', 'Fragment of HCL; stands above files and flags; repeatable.'),
  row('-http-port', 'ports.http', 'whole', 'Port of HTTP.'),
  row('-https-port', 'ports.https', 'whole', 'Port of HTTPS.'),
  row('-join', 'start_join', 'texts', 'Member to join at start, or end; repeatable.'),
  row('-join-wan', 'start_join_wan', 'texts', 'Server of another datacenter to join; repeatable.'),
  row('-log-file', 'log_file', 'text', 'File, or folder with a final slash, to log to as well.'),
  row('-log-json', 'log_json', 'flag', 'Log lines in JSON.'),
  row('-log-level', 'log_level', 'text', 'TRACE, DEBUG, INFO, WARN or ERR.'),
  row('-log-rotate-bytes', 'log_rotate_bytes', 'whole', 'Size at which the log file rotates.'),
  row('-log-rotate-duration', 'log_rotate_duration', 'text', 'Age at which it rotates.'),
  row('-log-rotate-max-files', 'log_rotate_max_files', 'whole', 'Rotated files that are kept.'),
  row('-max-query-time', 'max_query_time', 'text', 'Longest wait of blocking queries.'),
  row('-node', 'node_name', 'text', 'Name of the node; must be unique.'),
  row('-node-id', 'node_id', 'text', 'UUID of the node; random unless given.'),
  row('-node-meta', 'node_meta', 'pairs', 'key:value of node metadata; repeatable.'),
  row('-non-voting-server', 'non_voting_server', 'flag', 'Server without a vote (enterprise).'),
  row('-pid-file', 'pid_file', 'text', 'File for the process id.'),
  row('-primary-gateway', 'primary_gateways', 'texts', 'Mesh gateway of the primary; repeatable.'),
  row('-protocol', 'protocol', 'whole', 'Protocol version.'),
  row('-raft-protocol', 'raft_protocol', 'whole', 'Raft protocol version.'),
  row('-recursor', 'recursors', 'texts', 'Upstream DNS server; repeatable.'),
  row('-rejoin', 'rejoin_after_leave', 'flag', 'Join the old cluster again after a leave.'),
  row('-retry-interval', 'retry_interval', 'text', 'Time between attempts to join.'),
  row('-retry-interval-wan', 'retry_interval_wan', 'text', 'The same for -retry-join-wan.'),
  row('-retry-join', 'retry_join', 'texts', 'Member to join, retried until it works; repeatable.'),
  row('-retry-join-wan', 'retry_join_wan', 'texts', 'The same for other datacenters; repeatable.'),
  row('-retry-max', 'retry_max', 'whole', 'Attempts of -retry-join; 0 is without end.'),
  row('-retry-max-wan', 'retry_max_wan', 'whole', 'Attempts of -retry-join-wan.'),
  row('-segment', 'segment', 'text', 'Network segment (enterprise).'),
  row(
    '-serf-lan-allowed-cidrs',
    'serf_lan_allowed_cidrs',
    'texts',
    'Network (CIDR) that may join the LAN pool; repeatable.',
  ),
  row('-serf-lan-bind', 'serf_lan', 'text', 'Address for LAN gossip.'),
  row('-serf-lan-port', 'ports.serf_lan', 'whole', 'Port of LAN gossip.'),
  row(
    '-serf-wan-allowed-cidrs',
    'serf_wan_allowed_cidrs',
    'texts',
    'Network (CIDR) that may join the WAN pool; repeatable.',
  ),
  row('-serf-wan-bind', 'serf_wan', 'text', 'Address for WAN gossip.'),
  row('-serf-wan-port', 'ports.serf_wan', 'whole', 'Port of WAN gossip.'),
  row('-server', 'server', 'flag', 'Server mode.'),
  row('-server-port', 'ports.server', 'whole', 'Port of server RPC.'),
  row('-syslog', 'enable_syslog', 'flag', 'Log to syslog as well.'),
  row('-ui', 'ui', 'flag', 'Serve the web UI.'),
  row('-ui-content-path', 'ui_content_path', 'text', 'URL path of the web UI.'),
  row('-ui-dir', 'ui_dir', 'text', 'Folder to serve the web UI from.'),
];

/** Go-style list of the flags, as printed below a flag error and by -help. */
export const agentUsage: string = [
  'Usage:',
  ...AGENT_FLAGS.map(
    (flag) => `  ${flag.name}${flag.kind === 'flag' ? '' : ' value'}\n    \t${flag.doc}`,
  ),
].join('\n');
