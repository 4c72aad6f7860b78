import { isIP } from 'node:net';
import { LOG_LEVELS, type LogLevel, parseDuration } from '@mesh/base';
import type { Io } from '@mesh/cli-kit';
import type { DnsConfig } from '@mesh/config';
import { type AgentAddress, parseAgentAddress } from '@mesh/dns-front';

/** Flags that shape answers. */
export interface FrontFlags {
  readonly 'a-record-limit': number;
  readonly 'alt-domain': string;
  readonly bind: string;
  readonly datacenter: string;
  readonly domain: string;
  readonly 'enable-truncate': boolean;
  readonly 'health-addr': string;
  readonly 'http-addr': readonly string[];
  readonly 'log-json': boolean;
  readonly 'log-level': string;
  readonly 'max-stale': number;
  readonly 'node-ttl': number;
  readonly 'only-passing': boolean;
  readonly port: number;
  readonly recursor: readonly string[];
  readonly 'recursor-timeout': number;
  readonly 'require-leader': boolean;
  readonly 'service-ttl': readonly string[];
  readonly 'udp-answer-limit': number;
}

/** What a front is to do. */
export interface FrontPlan {
  readonly agents: readonly AgentAddress[];
  /** '' for the agents' own. */
  readonly datacenter: string;
  readonly dns: DnsConfig;
  /** Where /health is; undefined for nowhere. */
  readonly health: { readonly host: string; readonly port: number } | undefined;
  readonly log: { readonly level: LogLevel; readonly json: boolean };
}

/** Checks the flags. @throws Error in one line that names the flag and what it takes */
export function frontPlan(flags: FrontFlags, env: Io['env']): FrontPlan {
  const fromEnv = (env['CONSUL_HTTP_ADDR'] ?? '').split(',').filter((each) => each !== '');
  const given = flags['http-addr'].length > 0 ? flags['http-addr'] : fromEnv;
  const addresses = given.length > 0 ? given : ['127.0.0.1:8500'];
  const level = flags['log-level'].toUpperCase() as LogLevel;
  if (!LOG_LEVELS.includes(level)) {
    throw new Error(`-log-level ${flags['log-level']}: must be one of ${LOG_LEVELS.join(', ')}`);
  }
  if (isIP(flags.bind) === 0) throw new Error(`-bind ${flags.bind}: must be an IP address`);
  return {
    agents: addresses.map(parseAgentAddress),
    datacenter: flags.datacenter.toLowerCase(),
    dns: dnsConfig(flags),
    health: flags['health-addr'] === '' ? undefined : hostPort(flags['health-addr']),
    log: { level, json: flags['log-json'] },
  };
}

function dnsConfig(flags: FrontFlags): DnsConfig {
  return {
    domain: domainName('-domain', flags.domain),
    altDomain: flags['alt-domain'] === '' ? '' : domainName('-alt-domain', flags['alt-domain']),
    listen: [{ kind: 'tcp', host: flags.bind, port: portNumber('-port', flags.port) }],
    allowStale: !flags['require-leader'],
    maxStaleMs: notNegative('-max-stale', flags['max-stale']),
    nodeTtlMs: notNegative('-node-ttl', flags['node-ttl']),
    serviceTtlMs: Object.fromEntries(flags['service-ttl'].map(serviceTtl)),
    onlyPassing: flags['only-passing'],
    enableTruncate: flags['enable-truncate'],
    udpAnswerLimit: notNegative('-udp-answer-limit', flags['udp-answer-limit']),
    aRecordLimit: notNegative('-a-record-limit', flags['a-record-limit']),
    disableCompression: false,
    nodeMetaTxt: true,
    recursors: flags.recursor,
    recursorTimeoutMs: notNegative('-recursor-timeout', flags['recursor-timeout']),
    soa: { refreshS: 3600, retryS: 600, expireS: 86_400, minTtlS: 0 },
  };
}

function serviceTtl(text: string): readonly [string, number] {
  const at = text.indexOf('=');
  const ttlMs = parseDuration(text.slice(at + 1));
  if (at < 1 || ttlMs === undefined || ttlMs < 0) {
    throw new Error(`-service-ttl ${text}: must be NAME=DURATION, as web=5s or *=10s`);
  }
  return [text.slice(0, at), ttlMs];
}

function domainName(flag: string, text: string): string {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (!/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name)) {
    throw new Error(`${flag} ${text}: must be a domain name, as consul or consul.example.com`);
  }
  return `${name}.`;
}

function hostPort(text: string): { readonly host: string; readonly port: number } {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/\s]*):(\d{1,5})$/.exec(text);
  if (!match) throw new Error(`-health-addr ${text}: must be HOST:PORT`);
  const host = match[1]!.replace(/^\[|\]$/g, '');
  return { host: host || '127.0.0.1', port: portNumber('-health-addr', Number(match[2])) };
}

function portNumber(flag: string, port: number): number {
  if (port >= 1 && port <= 65_535) return port;
  throw new Error(`${flag} ${port}: must be a port, 1 to 65535`);
}

function notNegative(flag: string, value: number): number {
  if (value >= 0) return value;
  throw new Error(`${flag}: must not be negative`);
}
