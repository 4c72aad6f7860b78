/** Addresses and ports: templates, defaults from one another, the rules between them. */
import { isIP } from 'node:net';
import { invalid, type MeshError } from '@mesh/base';
import type { ListenAddress, RuntimeConfig } from '../runtime-config.ts';
import type { Settings } from '../settings/settings.ts';
import type { InterfaceAddress } from '../sources/environment.ts';
import { isAny, isSpecial } from './ip-sets.ts';
import { expandTemplates } from './sockaddr.ts';

export interface Addresses {
  readonly bind: string;
  readonly serfLanBind: string;
  readonly serfWanBind: string;
  readonly advertiseLan: string;
  readonly advertiseWan: string;
  readonly client: readonly string[];
  readonly dns: readonly ListenAddress[];
  readonly http: readonly ListenAddress[];
  readonly https: readonly ListenAddress[];
  readonly grpc: readonly ListenAddress[];
  readonly tagged: Readonly<Record<string, string>>;
  readonly ports: RuntimeConfig['ports'];
}

const UNIX_PREFIX = 'unix://';
const PRESENT_OPTIONS = "Please configure one with 'bind' and/or 'advertise'.";

type Interfaces = readonly InterfaceAddress[];

/**
 * Resolves every address of a configuration.
 * @throws MeshError `invalid-argument` naming the key
 */
export function resolveAddresses(settings: Settings, interfaces: Interfaces): Addresses {
  const resolver = new Resolver(settings, interfaces);
  const bind = resolver.first('bind_addr') ?? fail(settings, 'bind_addr', 'cannot be empty');
  const advertiseLan =
    advertised(settings, resolver, 'advertise_addr') ?? ownAddress(bind, interfaces);
  const advertiseWan = advertised(settings, resolver, 'advertise_addr_wan') ?? advertiseLan;
  const ports = portsOf(settings);
  const client = resolver.list('client_addr') ?? [];
  const listen = (name: 'dns' | 'http' | 'https' | 'grpc'): readonly ListenAddress[] =>
    (resolver.list(`addresses.${name}`) ?? client).flatMap((one) => listenOn(one, ports[name]));
  const dns = listen('dns');
  if (dns.some((one) => one.kind === 'unix')) {
    fail(settings, 'addresses.dns', 'DNS address cannot be a unix socket');
  }
  return {
    bind,
    serfLanBind: resolver.first('serf_lan') ?? bind,
    serfWanBind: resolver.first('serf_wan') ?? bind,
    advertiseLan,
    advertiseWan,
    client,
    dns,
    http: listen('http'),
    https: listen('https'),
    grpc: listen('grpc'),
    tagged: taggedAddresses(settings, resolver, advertiseLan, advertiseWan),
    ports,
  };
}

/** Turns texts of keys into addresses. */
class Resolver {
  readonly #settings: Settings;
  readonly #interfaces: Interfaces;

  constructor(settings: Settings, interfaces: Interfaces) {
    this.#settings = settings;
    this.#interfaces = interfaces;
  }

  /**
   * Addresses of a key: IPs without brackets, sockets as unix://PATH; undefined when it is not set.
   */
  list(name: string): readonly string[] | undefined {
    const text = this.#settings.text(name);
    if (text === '') return undefined;
    let expanded: string;
    try {
      expanded = expandTemplates(text, this.#interfaces).trim();
    } catch (thrown) {
      return fail(this.#settings, name, (thrown as MeshError).message, ': ');
    }
    if (expanded === '') {
      return fail(this.#settings, name, `"${text}" gives no address on this machine`, ': ');
    }
    return expanded.split(/\s+/).map((one) => this.#address(name, one));
  }

  /** The one IP of a key. */
  first(name: string): string | undefined {
    const addresses = this.list(name);
    if (addresses === undefined) return undefined;
    if (addresses.length > 1) {
      return fail(this.#settings, name, `multiple addresses found: ${addresses.join(' ')}`, ': ');
    }
    const only = addresses[0]!;
    if (only.startsWith(UNIX_PREFIX)) {
      return fail(this.#settings, name, 'cannot be a unix socket');
    }
    return only;
  }

  #address(name: string, text: string): string {
    if (text.startsWith(UNIX_PREFIX)) {
      if (text.length > UNIX_PREFIX.length) return text;
      return fail(this.#settings, name, `"${text}" has no path after unix://`, ': ');
    }
    const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
    if (isIP(bare) !== 0) return bare;
    return fail(this.#settings, name, `invalid ip address: ${text}`, ': ');
  }
}

function fail(settings: Settings, name: string, why: string, joint = ' '): never {
  throw invalid(`${settings.prefix(name)}${name}${joint}${why}`);
}

function advertised(settings: Settings, resolver: Resolver, name: string): string | undefined {
  const address = resolver.first(name);
  if (address === undefined || !isAny(address)) return address;
  return fail(settings, name, `Advertise address cannot be 0.0.0.0, :: or [::]`, ': ');
}

/** What others are told when only the bind address is known. */
function ownAddress(bind: string, interfaces: Interfaces): string {
  if (!isAny(bind)) return bind;
  const v4 = isIP(bind) === 4;
  const what = v4 ? 'private IPv4' : 'public IPv6';
  const outward = interfaces.filter((one) => !one.loopback);
  // A machine without a network talks to itself.
  const found = (outward.length > 0 ? outward : interfaces).filter(
    (one) => one.family === (v4 ? 'ipv4' : 'ipv6') && isSpecial(one.address) === v4,
  );
  if (found.length === 1) return found[0]!.address;
  if (found.length === 0) throw invalid(`No ${what} address found. ${PRESENT_OPTIONS}`);
  const list = found.map((one) => `${one.address} (${one.name})`).join(', ');
  throw invalid(`Multiple ${what} addresses found: ${list}. ${PRESENT_OPTIONS}`);
}

function portsOf(settings: Settings): RuntimeConfig['ports'] {
  const port = (name: string): number => {
    const value = settings.number(`ports.${name}`);
    return value <= 0 ? -1 : value;
  };
  return {
    server: port('server'),
    serfLan: port('serf_lan'),
    serfWan: port('serf_wan'),
    http: port('http'),
    https: port('https'),
    grpc: port('grpc'),
    dns: port('dns'),
  };
}

/** A socket listens whatever the port; an IP only where the port is on. */
function listenOn(address: string, port: number): readonly ListenAddress[] {
  if (address.startsWith(UNIX_PREFIX)) {
    return [{ kind: 'unix', path: address.slice(UNIX_PREFIX.length) }];
  }
  return port > 0 ? [{ kind: 'tcp', host: address, port }] : [];
}

function taggedAddresses(
  settings: Settings,
  resolver: Resolver,
  lan: string,
  wan: string,
): Readonly<Record<string, string>> {
  const computed: Record<string, string> = { lan, wan };
  for (const [pool, address] of [
    ['lan', lan],
    ['wan', wan],
  ] as const) {
    for (const family of [4, 6] as const) {
      const key =
        pool === 'lan' ? `advertise_addr_ipv${family}` : `advertise_addr_wan_ipv${family}`;
      const given = resolver.first(key);
      if (given !== undefined && isIP(given) !== family) {
        fail(settings, key, `must be an ipv${family} address, got ${given}`);
      }
      const tagged = given ?? (isIP(address) === family ? address : undefined);
      if (tagged !== undefined) computed[`${pool}_ipv${family}`] = tagged;
    }
  }
  const all = { ...computed, ...settings.textMap('tagged_addresses') };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Host and port as one text; an IPv6 host in brackets. */
export function hostPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Refuses two listeners on one address.
 * @throws MeshError `invalid-argument` naming both
 */
export function refuseClashes(addresses: Addresses, server: boolean): void {
  const taken = new Map<string, string>();
  const claim = (user: string, address: string): void => {
    const other = taken.get(address);
    if (other !== undefined)
      throw invalid(`${user} address ${address} already configured for ${other}`);
    taken.set(address, user);
  };
  const listeners = [
    ['DNS', addresses.dns],
    ['HTTP', addresses.http],
    ['HTTPS', addresses.https],
    ['gRPC', addresses.grpc],
  ] as const;
  for (const [user, list] of listeners) {
    for (const one of list) {
      claim(user, one.kind === 'unix' ? `${UNIX_PREFIX}${one.path}` : hostPort(one.host, one.port));
    }
  }
  const { ports } = addresses;
  if (server && ports.server > 0) {
    claim('RPC Advertise', hostPort(addresses.advertiseLan, ports.server));
  }
  claim('Serf Advertise LAN', hostPort(addresses.advertiseLan, ports.serfLan));
  if (server && ports.serfWan > 0) {
    claim('Serf Advertise WAN', hostPort(addresses.advertiseWan, ports.serfWan));
  }
}
