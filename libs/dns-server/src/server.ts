import { type Component, type Logger, MeshError, type Metrics, type Platform } from '@mesh/base';
import type { DnsConfig } from '@mesh/config';
import type { DnsSettings, DnsSource } from '@mesh/dns';
import { type BoundAddress, isOurselves } from './own-addresses.ts';
import { Recursors } from './recursors.ts';
import { Responder } from './responder.ts';
import { TcpListener } from './tcp-listener.ts';
import { UdpListener } from './udp-listener.ts';

/** The original's idle limit for TCP connections. */
const TCP_IDLE_MS = 8_000;
/** Tries to find a port that is free for UDP and TCP, when the system is to choose one. */
const MAX_PORT_TRIES = 16;

export interface DnsServerOptions {
  readonly config: DnsConfig;
  /** The agent's own datacenter. */
  readonly datacenter: string;
  readonly translateWanAddresses: boolean;
  readonly source: DnsSource;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly platform: Platform;
  /** How long a TCP connection may stand still. @default 8 s */
  readonly tcpIdleMs?: number;
}

/** DNS on all configured addresses, over UDP and TCP. */
export interface DnsServer extends Component {
  /** Where it listens, once started; one entry an address, its port the same for UDP and TCP. */
  readonly bound: readonly BoundAddress[];
  /**
   * Takes over changed settings and recursors without a break. Addresses to listen on stay as they are. Throws
   * `invalid-argument` for a recursor that is no address; then nothing has changed.
   */
  updateConfig(config: DnsConfig): void;
}

/**
 * A DNS server over a source of catalog data. `start` rejects with a MeshError that names the address when one
 * cannot be listened on; then none is. Throws `invalid-argument` as `updateConfig` does.
 */
export function createDnsServer(options: DnsServerOptions): DnsServer {
  return new Server(options);
}

interface Stoppable {
  stop(): Promise<void>;
}

class Server implements DnsServer {
  readonly name = 'dns';
  bound: readonly BoundAddress[] = [];
  private listeners: Stoppable[] = [];
  private starting: Promise<void> | undefined;
  private config: DnsConfig;
  private recursors: Recursors;
  private responder: Responder;
  private readonly options: DnsServerOptions;

  constructor(options: DnsServerOptions) {
    this.options = options;
    this.config = options.config;
    this.recursors = this.makeRecursors(options.config);
    this.responder = this.makeResponder();
  }

  start(): Promise<void> {
    this.starting ??= this.listen();
    return this.starting;
  }

  async stop(): Promise<void> {
    await this.starting?.catch(() => {});
    this.starting = undefined;
    this.tell('Stopping DNS server');
    const listeners = this.listeners;
    this.listeners = [];
    this.bound = [];
    this.recursors.stop();
    await Promise.all(listeners.map((listener) => listener.stop()));
    this.responder.stop();
  }

  updateConfig(config: DnsConfig): void {
    const recursors = this.makeRecursors(config);
    const [oldRecursors, oldResponder] = [this.recursors, this.responder];
    this.config = config;
    this.recursors = recursors;
    this.responder = this.makeResponder();
    oldResponder.stop();
    oldRecursors.stop();
  }

  private async listen(): Promise<void> {
    const bound: BoundAddress[] = [];
    try {
      for (const address of this.config.listen) {
        if (address.kind !== 'tcp') {
          throw new MeshError('unsupported', `DNS: cannot listen on unix://${address.path}`);
        }
        bound.push({ host: address.host, port: await this.listenOn(address.host, address.port) });
      }
    } catch (error) {
      const listeners = this.listeners;
      this.listeners = [];
      await Promise.all(listeners.map((listener) => listener.stop()));
      this.starting = undefined;
      throw error;
    }
    this.bound = bound;
    // Only now is it known which recursors would be ourselves.
    this.updateConfig(this.config);
    this.tell('Started DNS server');
  }

  private tell(what: string): void {
    for (const { host, port } of this.bound) {
      const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
      for (const network of ['tcp', 'udp']) this.options.logger.info(what, { address, network });
    }
  }

  private async listenOn(host: string, port: number): Promise<number> {
    const { logger, platform, tcpIdleMs = TCP_IDLE_MS } = this.options;
    const responder = () => this.responder;
    for (let tries = 1; ; tries++) {
      const udp = new UdpListener({ host, port, responder, logger });
      const udpPort = await udp.start();
      this.listeners.push(udp);
      const tcp = new TcpListener({
        host,
        port: udpPort,
        responder,
        logger,
        platform,
        idleMs: tcpIdleMs,
      });
      try {
        await tcp.start();
        this.listeners.push(tcp);
        return udpPort;
      } catch (error) {
        if (port !== 0 || tries === MAX_PORT_TRIES) throw error;
        this.listeners.pop();
        await udp.stop();
      }
    }
  }

  private makeRecursors(config: DnsConfig): Recursors {
    const { platform, logger } = this.options;
    const make = (addresses: readonly string[]) =>
      new Recursors({ addresses, timeoutMs: config.recursorTimeoutMs, platform, logger });
    const all = make(config.recursors);
    const others = config.recursors.filter(
      (_, index) => !isOurselves(all.addresses[index]!, this.bound),
    );
    if (others.length === config.recursors.length) return all;
    logger.warn('recursors that are this agent itself are left out', {
      recursors: config.recursors.filter((address) => !others.includes(address)),
    });
    return make(others);
  }

  private makeResponder(): Responder {
    const { source, logger, metrics, platform } = this.options;
    return new Responder({
      source,
      settings: this.settings(),
      recursors: this.recursors,
      logger,
      metrics,
      platform,
    });
  }

  private settings(): DnsSettings {
    const { datacenter, translateWanAddresses } = this.options;
    const { config } = this;
    return {
      domain: config.domain,
      altDomain: config.altDomain,
      datacenter,
      nodeTtlMs: config.nodeTtlMs,
      serviceTtlMs: config.serviceTtlMs,
      onlyPassing: config.onlyPassing,
      enableTruncate: config.enableTruncate,
      udpAnswerLimit: config.udpAnswerLimit,
      aRecordLimit: config.aRecordLimit,
      disableCompression: config.disableCompression,
      nodeMetaTxt: config.nodeMetaTxt,
      soa: config.soa,
      translateWanAddresses,
    };
  }
}
