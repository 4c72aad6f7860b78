import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, type HttpAnswer, LAUNCHER, run, until } from './agent-process.ts';
import { type HttpTarget, KeepAliveClient } from './keep-alive-client.ts';

/** Where a server listens. */
export interface ServerPorts {
  readonly http: number;
  readonly server: number;
  readonly serfLan: number;
  readonly serfWan: number;
  /** @default none */
  readonly dns?: number;
}

export interface ServerOptions {
  readonly name: string;
  /** Holds its configuration and, unless `dataDir` says otherwise, its data. */
  readonly folder: string;
  /** @default FOLDER/data */
  readonly dataDir?: string;
  /** IP that it binds and advertises. @default 127.0.0.1 */
  readonly address?: string;
  readonly ports: ServerPorts;
  /** Path of a socket for HTTP instead of the port: reachable from other network namespaces. */
  readonly httpSocket?: string;
  /** Words before the launcher, such as `ip netns exec NAME`; must exec, so that signals arrive. */
  readonly prefix?: readonly string[];
  /** Configuration keys over the ones that every test server has. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Output kept of a server; of more the oldest goes. */
const LOG_CHARS = 4_000_000;

/** A durable server that can be killed and started again on the same data and ports. */
export class ServerProcess {
  readonly name: string;
  readonly folder: string;
  readonly dataDir: string;
  readonly address: string;
  readonly ports: ServerPorts;
  readonly target: HttpTarget;
  private readonly options: ServerOptions;
  private readonly client: KeepAliveClient;
  private child: ChildProcess | undefined;
  private exit: number | undefined;
  private output = '';

  constructor(options: ServerOptions) {
    this.options = options;
    this.name = options.name;
    this.folder = options.folder;
    this.dataDir = options.dataDir ?? join(options.folder, 'data');
    this.address = options.address ?? '127.0.0.1';
    this.ports = options.ports;
    this.target = options.httpSocket
      ? { socketPath: options.httpSocket }
      : { port: options.ports.http };
    this.client = new KeepAliveClient(this.target);
  }

  /** host:port that it is known by in Raft. */
  get raftAddress(): string {
    return `${this.address}:${this.ports.server}`;
  }

  /** What the CLI's -http-addr takes. */
  get httpAddress(): string {
    const { httpSocket } = this.options;
    return httpSocket ? `unix://${httpSocket}` : `127.0.0.1:${this.ports.http}`;
  }

  get running(): boolean {
    return this.child !== undefined && this.exit === undefined;
  }

  /** Of the process that ran last; undefined while it runs. -1 after a signal. */
  get exitCode(): number | undefined {
    return this.exit;
  }

  get pid(): number {
    if (!this.child?.pid) throw new Error(`${this.name} was never started`);
    return this.child.pid;
  }

  /** Starts the process; does not wait for it to serve. `config` overrides keys of this run alone. */
  spawn(config: Readonly<Record<string, unknown>> = {}): void {
    if (this.running) throw new Error(`${this.name} runs already`);
    mkdirSync(this.folder, { recursive: true });
    const file = join(this.folder, 'server.json');
    writeFileSync(file, JSON.stringify({ ...this.configuration(), ...config }, null, 2));
    const [command, ...args] = [
      ...(this.options.prefix ?? []),
      ...[LAUNCHER, 'agent', `-config-file=${file}`],
    ];
    const child = spawn(command!, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.exit = undefined;
    this.note(`started, pid ${child.pid}`);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output = (this.output + chunk).slice(-LOG_CHARS);
      });
    }
    child.on('error', (error) => this.note(String(error)));
    child.on('close', (code, signal) => {
      if (this.child !== child) return;
      this.exit = code ?? (signal ? -1 : 0);
      this.note(`ended with ${signal ?? code}`);
    });
  }

  /** Waits until `path` answers 200 here; by default a read that needs no leader. */
  async waitUntilServing(path = '/v1/agent/self', timeoutMs = 30_000): Promise<void> {
    await until(
      `${this.name} to serve ${path}`,
      async () => {
        // It will not come back by itself: the caller need not wait to hear of it.
        if (!this.running) return true;
        return (await this.client.exchange('GET', path, undefined, timeoutMs)).status === 200;
      },
      timeoutMs,
    );
    this.assertRunning();
  }

  /** Waits until reads that need a leader are answered here. */
  waitUntilReadable(timeoutMs?: number): Promise<void> {
    return this.waitUntilServing('/v1/catalog/nodes', timeoutMs);
  }

  /** Throws with the log's end when the process is gone. */
  assertRunning(): void {
    if (this.running) return;
    throw new Error(`${this.name} is not running (exit ${this.exit})\n${this.log().slice(-4000)}`);
  }

  /** Ends the process at once, as a crash would; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.child!.kill('SIGKILL');
    await this.waitForExit();
  }

  /** Ends the process in good order (SIGTERM) without leaving the cluster. */
  async terminate(): Promise<number> {
    this.child?.kill('SIGTERM');
    return this.waitForExit();
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async waitForExit(timeoutMs = 30_000): Promise<number> {
    await until(`${this.name} to exit`, () => this.exit !== undefined, timeoutMs);
    return this.exit!;
  }

  /** Writes a file into the data folder of a server that does not run. */
  writeData(path: string, content: string | Buffer): void {
    if (this.running) throw new Error(`${this.name} runs`);
    writeFileSync(join(this.dataDir, path), content, { mode: 0o600 });
  }

  /** Throws the data away: the next start is a new server. */
  wipe(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** One exchange on a kept connection. @throws RequestFailed */
  http(
    method: string,
    path: string,
    body?: string | Buffer | object,
    timeoutMs?: number,
  ): Promise<HttpAnswer> {
    return this.client.exchange(method, path, body, timeoutMs);
  }

  /** Runs the CLI against this server. */
  cli(args: readonly string[], input?: string | Buffer): Promise<Finished> {
    return run(LAUNCHER, args, {
      cwd: this.folder,
      env: { CONSUL_HTTP_ADDR: this.httpAddress },
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Statistics of one group, as `consul info` shows them. */
  async stats(group: string): Promise<Readonly<Record<string, string>>> {
    const { text } = await this.http('GET', '/v1/agent/self');
    return JSON.parse(text).Stats[group] ?? {};
  }

  /** Everything printed over all starts, stdout and stderr, with notes on starts and ends. */
  log(): string {
    return this.output;
  }

  /** Ends the process, however it is, and its connections; leaves the folder. */
  async dispose(): Promise<void> {
    await this.kill();
    this.client.close();
  }

  private note(text: string): void {
    this.output += `-- test: ${this.name} ${text}\n`;
  }

  private configuration(): Record<string, unknown> {
    const { ports, httpSocket, config } = this.options;
    return {
      server: true,
      node_name: this.name,
      data_dir: this.dataDir,
      bind_addr: this.address,
      client_addr: '127.0.0.1',
      ...(httpSocket ? { addresses: { http: `unix://${httpSocket}` } } : {}),
      ports: {
        http: ports.http,
        server: ports.server,
        serf_lan: ports.serfLan,
        serf_wan: ports.serfWan,
        dns: ports.dns ?? -1,
        grpc: -1,
      },
      retry_interval: '500ms',
      disable_update_check: true,
      ...config,
    };
  }
}
