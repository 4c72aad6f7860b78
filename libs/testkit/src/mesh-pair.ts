import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, until } from './agent-process.ts';
import { ServerProcess } from './server-process.ts';
import { SidecarProcess } from './sidecar-process.ts';

export interface MeshPairOptions {
  /** Settings of the certificate authority: `connect.ca_config`. */
  readonly ca?: Readonly<Record<string, unknown>>;
  /** What socat does with a connection. @default sends back what it gets, and ends when it is ended */
  readonly serve?: (socket: Socket) => void;
  /** `proxy.config` of socat's sidecar. */
  readonly proxy?: Readonly<Record<string, unknown>>;
}

/** What comes back of one connection. */
export interface Conversation {
  readonly back: Buffer;
  /** Code of the error that ended it; '' where it ended in order. */
  readonly error: string;
}

/** Two services on one durable agent, each with its sidecar: web, whose upstream is socat, and socat. */
export class MeshPair {
  readonly folder = mkdtempSync(join(tmpdir(), 'mesh-pair-'));
  agent!: ServerProcess;
  web!: SidecarProcess;
  socat!: SidecarProcess;
  /** Where web finds socat, where socat's proxy listens, and where socat itself does. */
  upstreamPort = 0;
  publicPort = 0;
  /** Where web's proxy listens. */
  webPublicPort = 0;
  servicePort = 0;
  private service: Server | undefined;
  private readonly sockets = new Set<Socket>();

  static async start(options: MeshPairOptions = {}): Promise<MeshPair> {
    const pair = new MeshPair();
    try {
      await pair.begin(options);
    } catch (error) {
      const logs = [pair.agent, pair.socat, pair.web].map((one) => one?.log() ?? '').join('\n');
      await pair.stop();
      throw new Error(`${String(error)}\n${logs.slice(-8000)}`);
    }
    return pair;
  }

  /** Another sidecar on the same agent. */
  sidecar(args: readonly string[], metricsPort?: number): SidecarProcess {
    return new SidecarProcess({
      ...{ agent: this.agent.httpAddress, runtimeFolder: this.folder, args },
      ...(metricsPort === undefined ? {} : { metricsPort }),
    });
  }

  /** A connection of web to its upstream. */
  dial(port = this.upstreamPort): Socket {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  }

  /** Sends bytes and an end through both proxies; what comes back until the other side ends. */
  converse(bytes: Buffer | string, port = this.upstreamPort): Promise<Conversation> {
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

  /** What comes back of a text; '' where the connection fails. */
  async said(text: string): Promise<string> {
    return (await this.converse(text)).back.toString();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.service?.close();
    await this.web?.dispose();
    await this.socat?.dispose();
    await this.agent?.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async begin({ ca, serve = echo, proxy }: MeshPairOptions): Promise<void> {
    const service = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      serve(socket);
    });
    this.service = service;
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    this.servicePort = (service.address() as { port: number }).port;
    const ports = (await freePorts(9)) as [number, number, number, number, ...number[]];
    const [http, server, serfLan, serfWan, ...rest] = ports;
    const [upstreamPort, publicPort, webPublicPort, webMetrics, socatMetrics] = rest as [
      ...[number, number, number, number, number],
    ];
    this.upstreamPort = upstreamPort;
    this.publicPort = publicPort;
    this.webPublicPort = webPublicPort;
    const sidecar = { port: publicPort, ...(proxy ? { proxy: { config: proxy } } : {}) };
    const upstreams = [{ destination_name: 'socat', local_bind_port: upstreamPort }];
    this.agent = new ServerProcess({
      ...{ name: 'mesh', folder: this.folder, ports: { http, server, serfLan, serfWan } },
      config: {
        bootstrap: true,
        performance: { raft_multiplier: 1 },
        connect: { enabled: true, ...(ca ? { ca_config: ca } : {}) },
        services: [
          { name: 'socat', port: this.servicePort, connect: { sidecar_service: sidecar } },
          {
            name: 'web',
            connect: { sidecar_service: { port: webPublicPort, proxy: { upstreams } } },
          },
        ],
      },
    });
    this.agent.spawn();
    await this.agent.waitUntilReadable();
    this.socat = this.sidecar(['-sidecar-for=socat'], socatMetrics);
    this.web = this.sidecar(['-sidecar-for=web'], webMetrics);
    await Promise.all([this.socat, this.web].map((one) => one.says('Starting listener')));
    await until('the first echo', async () => (await this.converse('x')).error === '', 30_000);
  }
}

function echo(socket: Socket): void {
  socket.pipe(socket);
}
