import { rmSync } from 'node:fs';
import { formatDuration } from '@mesh/base';
import { CommandError, columns, type Io } from '@mesh/cli-kit';
import type { ProxyStatus } from '@mesh/proxy';
import { exchange } from './agent-api/exchange.ts';
import { statusSockets } from './proxy-status-folder.ts';

/** Longest that a proxy may take to answer, milliseconds. */
const ANSWER_MS = 5000;

/** Which proxies to show: those of which all that is given is true. */
export interface StatusRequest {
  readonly proxyId: string;
  readonly sidecarFor: string;
  readonly service: string;
}

/** Prints what running proxies say of themselves. @throws CommandError when there is none */
export async function showProxies(
  request: StatusRequest,
  env: Io['env'],
  print: (line: string) => void,
): Promise<number> {
  const asked = await Promise.all(statusSockets(env).map((path) => askProxy(path)));
  const shown = asked.filter((status) => status !== undefined).filter(isWanted(request));
  if (shown.length === 0) throw new CommandError('No such proxy of this user is running.');
  shown.forEach((status, at) => {
    if (at > 0) print('');
    print(formatStatus(status));
  });
  return 0;
}

function isWanted({ proxyId, sidecarFor, service }: StatusRequest) {
  return (status: ProxyStatus) =>
    (proxyId === '' || status.ProxyID === proxyId) &&
    (sidecarFor === '' || status.ServiceID === sidecarFor) &&
    (service === '' || status.Service === service);
}

/** Undefined where nobody answers any more. */
async function askProxy(socketPath: string): Promise<ProxyStatus | undefined> {
  const endpoint = {
    ...{ baseUrl: 'http://proxy', authority: 'proxy', socketPath, host: '', port: 0 },
    ...{ tls: undefined, headers: {} },
  };
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await exchange(endpoint, { method: 'GET', target: '/status', signal });
    return JSON.parse(answer.body.toString('utf8')) as ProxyStatus;
  } catch (error) {
    // Left behind by a proxy that was killed.
    if (String(error).includes('refused')) rmSync(socketPath, { force: true });
    return undefined;
  }
}

/** A proxy's status for people. */
export function formatStatus(status: ProxyStatus): string {
  const { Certificate: certificate, Denials: denials } = status;
  const refused = Object.entries(denials).map(([reason, count]) => `${reason} ${count}`);
  const left = certificate.ExpiresInSeconds;
  const expiry = left > 0 ? `in ${duration(left)}` : `${duration(-left)} ago`;
  const facts = [
    ['Proxy ID', status.ProxyID || '-'],
    ['Service', status.Service],
    ['Uptime', duration(status.UptimeSeconds)],
    ['Agent', status.AgentReachable ? 'reachable' : 'away: going on with what is known'],
    ['Certificate', certificate.URI],
    ['Serial', certificate.SerialNumber],
    ['Expires', `${certificate.ValidBefore} (${expiry}), renewed ${certificate.Renewals} times`],
    ['Roots', status.Roots.join(', ')],
    ['Intentions', String(status.Intentions)],
    ['Refused', refused.length === 0 ? 'none' : refused.join(', ')],
  ];
  const listeners = status.Listeners.map((listener) => [
    ...[listener.Name, listener.Address, String(listener.Endpoints ?? '-')],
    ...[String(listener.Active), String(listener.Total)],
    ...[bytes(listener.BytesIn), bytes(listener.BytesOut)],
  ]);
  const connections = status.Connections.map((connection) => [
    ...[connection.Peer, connection.Listener, connection.Remote],
    ...[duration(connection.AgeSeconds), bytes(connection.BytesIn), bytes(connection.BytesOut)],
  ]);
  return [
    columns(facts),
    '',
    columns([
      ['Listener', 'Address', 'Endpoints', 'Active', 'Total', 'Received', 'Sent'],
      ...listeners,
    ]),
    ...(connections.length === 0
      ? []
      : ['', columns([['Peer', 'Listener', 'Remote', 'Age', 'Received', 'Sent'], ...connections])]),
  ].join('\n');
}

function duration(seconds: number): string {
  return formatDuration(seconds * 1000);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
