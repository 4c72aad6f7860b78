import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Path of the launcher that tests run. */
export const LAUNCHER = join(__dirname, '..', '..', '..', 'tools', 'bin', 'consul');

/** Result of a finished process. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  json<T>(): T;
}

export interface AgentOptions {
  /** Arguments after `agent -dev`. */
  readonly args?: readonly string[];
  /** Files to write into the agent's folder, by relative path; objects become JSON. */
  readonly files?: Readonly<Record<string, string | object>>;
  /** @default a free one */
  readonly httpPort?: number;
  /** Further HCL. */
  readonly hcl?: string;
  /** Wait until a leader is known. @default true */
  readonly waitForLeader?: boolean;
}

/** Below the ports of sidecars (21000 on), and of outgoing connections, which nobody can foresee. */
const FIRST_PORT = 10_000;
const PORT_COUNT = 10_500;
/** Where this process looks next; test processes start far from each other. */
let nextPort = (process.pid * 211) % PORT_COUNT;

/** Ports that were free a moment ago, for TCP and UDP. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tried = 0; found.length < count; tried++) {
    if (tried > PORT_COUNT) throw new Error(`no ${count} free ports`);
    const port = FIRST_PORT + (nextPort++ % PORT_COUNT);
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) found.push(port);
  }
  return found;
}

function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}

/** Polls until `probe` returns something truthy; rejects with `what` and the log after `timeoutMs`. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<NonNullable<T>> {
  const endMs = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < endMs) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`timed out waiting for ${what}${last ? `: ${String(last)}` : ''}`);
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string | Buffer } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal ? -1 : 0), stdout, stderr }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** A real agent in a process of its own, on fresh ports and in a folder of its own. */
export class AgentProcess {
  readonly folder: string;
  readonly httpPort: number;
  readonly dnsPort: number;
  readonly serverPort: number;
  readonly serfLanPort: number;
  readonly serfWanPort: number;
  private output = '';
  private exit: number | undefined;
  private readonly child: ChildProcess;

  private constructor(folder: string, ports: readonly number[], options: AgentOptions) {
    this.folder = folder;
    const [http, dns, server, lan, wan] = ports as [number, number, number, number, number];
    this.httpPort = options.httpPort ?? http;
    this.dnsPort = dns;
    this.serverPort = server;
    this.serfLanPort = lan;
    this.serfWanPort = wan;
    for (const [path, content] of Object.entries(options.files ?? {})) this.write(path, content);
    const hcl =
      `ports { http = ${this.httpPort} dns = ${dns} server = ${server} serf_lan = ${lan} ` +
      `serf_wan = ${wan} grpc = -1 }`;
    const extra = options.hcl ? ['-hcl', options.hcl] : [];
    const args = ['agent', '-dev', '-node=test', '-hcl', hcl, ...extra, ...(options.args ?? [])];
    this.child = spawn(LAUNCHER, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    this.child.on('exit', (code, signal) => {
      this.exit = code ?? (signal ? -1 : 0);
    });
  }

  /** Starts an agent and waits until it serves. */
  static async start(options: AgentOptions = {}): Promise<AgentProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-test-'));
    const agent = new AgentProcess(folder, await freePorts(5), options);
    if (options.waitForLeader === false) return agent;
    try {
      await until('the agent to serve', async () => {
        if (agent.exit !== undefined) throw new Error(`agent exited with ${agent.exit}`);
        const leader = await agent.http('GET', '/v1/status/leader');
        const nodes = await agent.http('GET', '/v1/catalog/nodes');
        return leader.text.length > 2 && nodes.text.includes('wan_ipv4');
      });
    } catch (error) {
      const log = agent.log();
      await agent.stop();
      throw new Error(`${String(error)}\n${log}`);
    }
    return agent;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get address(): string {
    return `127.0.0.1:${this.httpPort}`;
  }

  get exitCode(): number | undefined {
    return this.exit;
  }

  /** Everything printed so far, stdout and stderr. */
  log(): string {
    return this.output;
  }

  write(path: string, content: string | object): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** One HTTP exchange on a connection of its own. */
  http(
    method: string,
    path: string,
    body?: string | Buffer | object,
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const data = body === undefined ? undefined : isRaw ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port: this.httpPort, method, path, headers, agent: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers as Record<string, string>,
              text,
              json: <T>() => JSON.parse(text) as T,
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(data);
    });
  }

  /** Runs the CLI against this agent. */
  cli(args: readonly string[], input?: string | Buffer): Promise<Finished> {
    return run(LAUNCHER, args, {
      cwd: this.folder,
      env: { CONSUL_HTTP_ADDR: this.address },
      ...(input === undefined ? {} : { input }),
    });
  }

  /** `dig` against this agent's DNS; rejects where dig is absent. */
  async dig(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('dig', [
      '@127.0.0.1',
      '-p',
      String(this.dnsPort),
      '+tries=1',
      '+time=5',
      '+nocookie',
      ...args,
    ]);
    return stdout;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async waitForExit(timeoutMs = 20_000): Promise<number> {
    await until('the agent to exit', () => this.exit !== undefined, timeoutMs);
    return this.exit!;
  }

  /** Ends the process, however it is, and removes its folder. */
  async stop(): Promise<void> {
    if (this.exit === undefined) {
      this.child.kill('SIGKILL');
      await this.waitForExit();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
