import { type ConfigKey, key } from './key.ts';

/**
 * Fields of service and check definitions: documentation; the decoders are those of api-contract.
 */
export const DEFINITION_KEYS: readonly ConfigKey[] = [
  key('service.id', 'text', 'Unique per agent.', { fallbackDoc: 'name', reloadable: true }),
  key('service.name', 'text', 'DNS name.', { fallbackDoc: 'required', reloadable: true }),
  key('service.tags', 'texts', 'List.', { fallbackDoc: 'empty', reloadable: true }),
  key('service.address', 'text', 'IP or name.', { fallbackDoc: 'node address', reloadable: true }),
  key('service.port', 'whole', 'Port.', { fallbackDoc: '0', reloadable: true }),
  key('service.meta', 'textMap', 'Map; at most 64 pairs, keys [A-Za-z0-9_-].', {
    fallbackDoc: 'empty',
    reloadable: true,
  }),
  key('service.tagged_addresses', 'map', 'Name -> {address, port}.', {
    fallbackDoc: 'empty',
    reloadable: true,
    tier: 'B',
  }),
  key('service.kind', 'text', 'Connect-proxy mesh-gateway terminating-gateway ingress-gateway.', {
    fallbackDoc: 'typical (empty)',
    reloadable: true,
  }),
  key('service.token', 'text', 'ACL token of this registration.', {
    reloadable: true,
    secret: true,
    tier: 'B',
  }),
  key('service.enable_tag_override', 'flag', "Catalog tags win over the agent's.", {
    fallbackDoc: 'false',
    reloadable: true,
    tier: 'B',
  }),
  key('service.weights.passing', 'whole', 'SRV weight when passing.', {
    fallbackDoc: '1',
    reloadable: true,
  }),
  key('service.weights.warning', 'whole', 'SRV weight when warning.', {
    fallbackDoc: '1',
    reloadable: true,
  }),
  key('service.check', 'definition', 'One check.', { reloadable: true }),
  key('service.checks', 'definitions', 'More.', { reloadable: true }),
  key('service.connect.native', 'flag', 'The service speaks Connect itself.', {
    fallbackDoc: 'false',
    reloadable: true,
    tier: 'B',
  }),
  key(
    'service.connect.sidecar_service',
    'definition',
    'A service definition, registered as NAME-sidecar-proxy with port and checks by default.',
    { reloadable: true },
  ),
  key('service.proxy.destination_service_name', 'text', 'Service behind the proxy.', {
    fallbackDoc: 'required for connect-proxy',
    reloadable: true,
  }),
  key('service.proxy.destination_service_id', 'text', 'Instance behind the proxy.', {
    reloadable: true,
  }),
  key('service.proxy.local_service_address', 'text', 'Where it listens.', {
    fallbackDoc: '127.0.0.1',
    reloadable: true,
  }),
  key('service.proxy.local_service_port', 'whole', 'Where it listens.', { reloadable: true }),
  key('service.proxy.config', 'map', 'Free map for the proxy.', { reloadable: true, tier: 'B' }),
  key(
    'service.proxy.upstreams',
    'objects',
    'Services that the proxy reaches: destination_name, local_bind_port, datacenter and more.',
    { reloadable: true },
  ),
  key('service.proxy.mesh_gateway.mode', 'text', 'None local remote.', {
    reloadable: true,
    tier: 'C',
  }),
  key('service.proxy.expose.checks', 'flag', 'Expose check paths outside mTLS.', {
    fallbackDoc: 'false',
    reloadable: true,
    tier: 'C',
  }),
  key(
    'service.proxy.expose.paths',
    'objects',
    'List: path, local_path_port, listener_port, protocol.',
    { reloadable: true, tier: 'C' },
  ),
  key('check.id', 'text', 'Unique per agent.', {
    fallbackDoc: 'name, or service:ID[:n]',
    reloadable: true,
  }),
  key('check.name', 'text', 'Shown name.', { fallbackDoc: 'required alone', reloadable: true }),
  key('check.notes', 'text', 'Free text.', { reloadable: true }),
  key('check.service_id', 'text', 'Attach to a service.', { reloadable: true }),
  key('check.token', 'text', 'ACL token.', { reloadable: true, secret: true, tier: 'B' }),
  key('check.status', 'text', 'First status: passing warning critical.', {
    fallbackDoc: 'critical',
    reloadable: true,
  }),
  key('check.args', 'texts', 'Script: argv; exit 0 passing, 1 warning, else critical.', {
    reloadable: true,
  }),
  key('check.http', 'text', 'URL; 2xx passing, 429 warning, else critical.', { reloadable: true }),
  key('check.method', 'text', 'For http.', { fallbackDoc: 'GET', reloadable: true }),
  key('check.header', 'map', 'For http.', { reloadable: true }),
  key('check.body', 'text', 'For http.', { reloadable: true, tier: 'B' }),
  key('check.tcp', 'text', 'Host:port.', { reloadable: true }),
  key('check.grpc', 'text', 'Host:port[/service].', { reloadable: true, tier: 'B' }),
  key('check.grpc_use_tls', 'flag', 'For grpc.', {
    fallbackDoc: 'false',
    reloadable: true,
    tier: 'B',
  }),
  key('check.ttl', 'duration', 'Duration; client must report in time.', { reloadable: true }),
  key('check.docker_container_id', 'text', 'Run args inside the container.', {
    reloadable: true,
    tier: 'C',
  }),
  key('check.shell', 'text', 'For docker.', {
    fallbackDoc: '$SHELL or /bin/sh',
    reloadable: true,
    tier: 'C',
  }),
  key('check.alias_service', 'text', 'Copy the state of a service.', { reloadable: true }),
  key('check.alias_node', 'text', 'Copy the state of a node.', { reloadable: true, tier: 'B' }),
  key('check.interval', 'duration', 'Period.', {
    fallbackDoc: 'required but for ttl, alias',
    reloadable: true,
  }),
  key('check.timeout', 'duration', 'Per run.', {
    fallbackDoc: '10s (script 30s)',
    reloadable: true,
  }),
  key('check.tls_skip_verify', 'flag', 'For http, grpc.', {
    fallbackDoc: 'false',
    reloadable: true,
    tier: 'B',
  }),
  key('check.output_max_size', 'whole', 'Bytes kept.', {
    fallbackDoc: 'check_output_max_size',
    unit: 'bytes',
    reloadable: true,
    tier: 'B',
  }),
  key('check.success_before_passing', 'whole', 'Consecutive successes needed.', {
    fallbackDoc: '0',
    reloadable: true,
    tier: 'B',
  }),
  key('check.failures_before_critical', 'whole', 'Consecutive failures needed.', {
    fallbackDoc: '0',
    reloadable: true,
    tier: 'B',
  }),
  key(
    'check.deregister_critical_service_after',
    'duration',
    'Drop the service after being critical this long.',
    { fallbackDoc: 'off; at least 1m', reloadable: true },
  ),
];
