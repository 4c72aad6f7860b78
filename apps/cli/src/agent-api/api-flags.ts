import { boolFlag, type FlagValues, type Io, textFlag, underHeading } from '@mesh/cli-kit';
import { AgentApi, type Query } from './agent-api.ts';
import { resolveEndpoint } from './endpoint.ts';

const HEADING = 'HTTP API Options';

/** @param variable of the environment that stands in where the flag is not given */
function valueFlag(doc: string, variable = '', placeholder = 'value') {
  const also = variable === '' ? '' : ` Also: ${variable} in the environment.`;
  return textFlag(doc + also, '', placeholder);
}

/** Flags of every command that talks to an agent. */
export const clientFlags = underHeading(HEADING, {
  'ca-file': valueFlag("File with the CA certificates that sign the agent's.", 'CONSUL_CACERT'),
  'ca-path': valueFlag('Folder of such files.', 'CONSUL_CAPATH'),
  'client-cert': valueFlag(
    'Certificate to show to an agent that verifies its clients.',
    'CONSUL_CLIENT_CERT',
  ),
  'client-key': valueFlag('Key of that certificate.', 'CONSUL_CLIENT_KEY'),
  'http-addr': valueFlag(
    'Address and port of the agent, or the path of its socket: HOST:PORT, http://HOST:PORT, ' +
      'https://HOST:PORT, unix://PATH. CONSUL_HTTP_SSL=true turns TLS on. The default value is ' +
      'http://127.0.0.1:8500.',
    'CONSUL_HTTP_ADDR',
    'address',
  ),
  'tls-server-name': valueFlag(
    "Name that the agent's certificate must carry, sent as SNI.",
    'CONSUL_TLS_SERVER_NAME',
  ),
  token: valueFlag("ACL token of the request; without one, the agent's own.", 'CONSUL_HTTP_TOKEN'),
  'token-file': valueFlag(
    'File with the ACL token; stands above -token.',
    'CONSUL_HTTP_TOKEN_FILE',
  ),
});

/** Further flags of commands whose requests servers answer. */
export const serverFlags = underHeading(HEADING, {
  datacenter: valueFlag("Datacenter to ask; without one, the agent's own."),
  stale: boolFlag(
    'Let any server answer, not only the leader: faster, but the answer may be out of date. ' +
      'Without effect on writes.',
  ),
});

/** Further flag of commands on resources that have namespaces. */
export const namespaceFlags = underHeading(HEADING, {
  namespace: valueFlag(
    'Namespace, an enterprise feature; "default" is the only one.',
    'CONSUL_NAMESPACE',
    'default',
  ),
});

type ApiFlagValues = FlagValues<typeof clientFlags> &
  Partial<FlagValues<typeof serverFlags> & FlagValues<typeof namespaceFlags>>;

/**
 * Client of the agent that flags and environment name: flags win.
 * @throws Error with one line for a wrong address, variable or token file
 */
export function openAgentApi(
  values: ApiFlagValues,
  env: Io['env'],
  readText: (path: string) => string,
): AgentApi {
  const endpoint = resolveEndpoint(
    {
      address: values['http-addr'] || (env['CONSUL_HTTP_ADDR'] ?? ''),
      token: values.token || (env['CONSUL_HTTP_TOKEN'] ?? ''),
      tokenFile: values['token-file'] || (env['CONSUL_HTTP_TOKEN_FILE'] ?? ''),
      auth: env['CONSUL_HTTP_AUTH'] ?? '',
      ssl: variable(env, 'CONSUL_HTTP_SSL', false),
      sslVerify: variable(env, 'CONSUL_HTTP_SSL_VERIFY', true),
      caFile: values['ca-file'] || (env['CONSUL_CACERT'] ?? ''),
      caPath: values['ca-path'] || (env['CONSUL_CAPATH'] ?? ''),
      clientCert: values['client-cert'] || (env['CONSUL_CLIENT_CERT'] ?? ''),
      clientKey: values['client-key'] || (env['CONSUL_CLIENT_KEY'] ?? ''),
      tlsServerName: values['tls-server-name'] || (env['CONSUL_TLS_SERVER_NAME'] ?? ''),
    },
    readText,
  );
  const namespace = values.namespace || (env['CONSUL_NAMESPACE'] ?? '');
  const common: Query = {
    dc: values.datacenter || undefined,
    stale: values.stale ? true : undefined,
    ns: values.namespace === undefined ? undefined : namespace || undefined,
  };
  return new AgentApi(endpoint, common);
}

const TRUE_OR_FALSE = /^(?:1|t|true|(0|f|false))$/i;

/** A variable that is true or false; others are refused, so that a typing error does not switch TLS off. */
function variable(env: Io['env'], name: string, otherwise: boolean): boolean {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const match = TRUE_OR_FALSE.exec(text);
  if (!match) throw new Error(`${name}="${text}": accepted are true and false`);
  return match[1] === undefined;
}
