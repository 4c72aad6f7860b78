import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Platform } from '@mesh/base';
import { freePorts, until } from '@mesh/testkit';
import { AgentPresence } from '../agent-presence.ts';
import { DEFAULTS, type ProxyConfig, type UpstreamConfig } from '../proxy-config.ts';
import { SidecarProxy } from '../sidecar-proxy.ts';
import { FakeAgent } from './fake-agent.ts';
import { MemoryLogger } from './memory-logger.ts';
import { TestAuthority } from './test-authority.ts';

/** The real clock and timers: these tests have real sockets. */
export const platform: Platform = {
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  timers: {
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  },
  random: {
    float: () => Math.random(),
    bytes: (count) => new Uint8Array(count),
    uuid: () => '00000000-0000-4000-8000-000000000000',
  },
};

/** A proxy with its log. */
export interface TestProxy {
  readonly proxy: SidecarProxy;
  readonly logger: MemoryLogger;
  readonly config: ProxyConfig;
}

/** Two services on one agent: web, whose upstream is db, and db; each with its proxy. */
export class ProxyWorld {
  readonly agent = new FakeAgent();
  authority!: TestAuthority;
  web!: TestProxy;
  db!: TestProxy;
  /** Where web finds db, where db's proxy listens, and where db does. */
  upstreamPort = 0;
  publicPort = 0;
  servicePort = 0;
  private service: Server | undefined;
  private readonly proxies: SidecarProxy[] = [];
  private readonly sockets = new Set<Socket>();

  /** @param serve what db does with its connections. @default an echo */
  static async start(
    serve: (socket: Socket) => void = (socket) => void socket.pipe(socket),
    options: {
      readonly public?: Partial<ProxyConfig['publicListener']>;
      readonly upstream?: Partial<UpstreamConfig>;
      readonly db?: Partial<ProxyConfig>;
    } = {},
  ): Promise<ProxyWorld> {
    const world = new ProxyWorld();
    world.servicePort = await world.serve(serve);
    [world.upstreamPort, world.publicPort] = (await freePorts(2)) as [number, number];
    const { agent } = world;
    world.authority = await TestAuthority.create();
    agent.setRoots(world.authority);
    for (const service of ['web', 'db']) {
      await agent.setLeaf(service, world.authority);
      agent.setIntentions(service);
    }
    agent.setInstances('db', { service: 'db', port: world.publicPort });
    world.db = await world.proxy({
      service: 'db',
      ...options.db,
      publicListener: {
        ...{ ...nowhere, bindAddress: '127.0.0.1', bindPort: world.publicPort },
        ...{ localPort: world.servicePort, ...options.public },
      },
    });
    const upstream = { ...upstreamTo('db', world.upstreamPort), ...options.upstream };
    world.web = await world.proxy({ service: 'web', upstreams: [upstream] });
    const listener = world.web.proxy.upstreams.listeners()[0]!;
    if (upstream.name === 'db') await until('the instance', () => listener.ring.size > 0);
    return world;
  }

  async proxy(settings: Partial<ProxyConfig>): Promise<TestProxy> {
    const logger = new MemoryLogger();
    const config: ProxyConfig = {
      ...{ service: 'web', serviceId: '', denyClosesConnections: true, metricsAddress: '' },
      ...{ drainTimeoutMs: DEFAULTS.drainTimeoutMs, upstreams: [], publicListener: nowhere },
      ...settings,
    };
    const presence = new AgentPresence(logger);
    const proxyId = `${config.service}-sidecar-proxy`;
    const http = this.agent;
    const proxy = new SidecarProxy({ proxyId, config, http, presence, platform, logger });
    this.proxies.push(proxy);
    await proxy.start();
    return { proxy, logger, config };
  }

  /** A server that does so with its connections; its port. */
  async serve(handle: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      handle(socket);
    });
    this.service ??= server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.closers.push(() => server.close());
    return (server.address() as { port: number }).port;
  }

  /** A connection of web to its upstream. */
  dial(port = this.upstreamPort): Socket {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  }

  /** What comes back of some bytes until the other side ends; the error where it broke. */
  exchange(bytes: Uint8Array | string, port = this.upstreamPort): Promise<Exchanged> {
    return new Promise((resolve) => {
      const socket = this.dial(port);
      const chunks: Buffer[] = [];
      let error = '';
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', (thrown) => {
        error = (thrown as NodeJS.ErrnoException).code ?? thrown.message;
      });
      socket.on('close', () => resolve({ back: Buffer.concat(chunks), error }));
      socket.end(bytes);
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    for (const proxy of this.proxies) await proxy.stop();
    for (const close of this.closers) close();
  }

  private readonly closers: (() => void)[] = [];
}

export interface Exchanged {
  readonly back: Buffer;
  /** '' where it ended well. */
  readonly error: string;
}

const nowhere: ProxyConfig['publicListener'] = {
  ...{ bindAddress: '127.0.0.1', bindPort: 0, localAddress: '127.0.0.1', localPort: 1 },
  connectTimeoutMs: 2000,
  handshakeTimeoutMs: 2000,
  idleTimeoutMs: 0,
  maxConnections: 4096,
};

export function upstreamTo(name: string, bindPort: number): UpstreamConfig {
  return {
    ...{ type: 'service', name, datacenter: '', bindAddress: '127.0.0.1', bindPort },
    ...{ connectTimeoutMs: 2000, idleTimeoutMs: 0, maxConnections: 4096 },
  };
}

/** What arrives at a socket, until a text has. */
export function received(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    socket.on('data', (chunk) => {
      all += chunk;
      if (all.includes(text)) resolve(all);
    });
    socket.once('close', () => reject(new Error(`closed after ${JSON.stringify(all)}`)));
  });
}

/** How a socket ends: 'end' in order, or the code of its error; '' where it is just destroyed. */
export function ending(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let how = '';
    socket.on('end', () => {
      how ||= 'end';
    });
    socket.on('error', (error) => {
      how = (error as NodeJS.ErrnoException).code ?? error.message;
    });
    socket.on('close', () => resolve(how));
    socket.resume();
  });
}
