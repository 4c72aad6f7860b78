import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Finished, LAUNCHER, run, until } from './agent-process.ts';
import { KeepAliveClient } from './keep-alive-client.ts';

export interface SidecarOptions {
  /** `HOST:PORT` of its agent. */
  readonly agent: string;
  /** Arguments after `connect proxy`, such as `-sidecar-for=web`. */
  readonly args: readonly string[];
  /** Where Prometheus finds it. */
  readonly metricsPort?: number;
  /** Program and first arguments. @default the launcher's `connect proxy` */
  readonly program?: readonly string[];
  /** A folder of the test's own for the sockets of `-status`. */
  readonly runtimeFolder: string;
}

/** A sidecar proxy as a person starts it, in a process of its own. */
export class SidecarProcess {
  private readonly options: SidecarOptions;
  private readonly child: ChildProcess;
  private readonly env: Record<string, string>;
  private output = '';
  private exit: number | undefined;

  constructor(options: SidecarOptions) {
    this.options = options;
    const { agent, args, metricsPort, runtimeFolder } = options;
    const [command, ...first] = options.program ?? [LAUNCHER, 'connect', 'proxy'];
    this.env = { CONSUL_HTTP_ADDR: agent, XDG_RUNTIME_DIR: runtimeFolder };
    const metrics = metricsPort ? [`-metrics-addr=127.0.0.1:${metricsPort}`] : [];
    this.child = spawn(command!, [...first, ...metrics, ...args], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    this.child.on('close', (code, signal) => {
      this.exit = code ?? (signal ? -1 : 0);
    });
  }

  /** Everything printed so far. */
  log(): string {
    return this.output;
  }

  /** How often a text stands in the log. */
  logged(text: string): number {
    return this.output.split(text).length - 1;
  }

  /** Resolves when a text stands in the log. */
  async says(text: string, timeoutMs = 30_000): Promise<void> {
    await until(`"${text}" of a sidecar`, () => this.output.includes(text), timeoutMs).catch(
      (error) => {
        throw new Error(`${String(error)}\n${this.output.slice(-4000)}`);
      },
    );
  }

  /** A value of its metrics, without the prefix: `denials_total{reason="no certificate"}`; 0 where there is none. */
  async metric(series: string): Promise<number> {
    const { metricsPort: port } = this.options;
    if (port === undefined) throw new Error('a sidecar without metricsPort');
    const client = new KeepAliveClient({ port });
    try {
      const { text } = await client.exchange('GET', '/metrics');
      const line = text.split('\n').find((one) => one.startsWith(`mesh_proxy_${series} `));
      return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')));
    } finally {
      client.close();
    }
  }

  /** What `consul connect proxy -status` prints of the proxies of this test. */
  status(...args: readonly string[]): Promise<Finished> {
    return run(LAUNCHER, ['connect', 'proxy', '-status', ...args], { env: this.env });
  }

  /** Memory of the process, bytes. */
  residentBytes(): number {
    const text = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async waitForExit(timeoutMs = 30_000): Promise<number> {
    await until('a sidecar to exit', () => this.exit !== undefined, timeoutMs);
    return this.exit!;
  }

  /** Ends it at once. */
  async dispose(): Promise<void> {
    if (this.exit !== undefined) return;
    this.child.kill('SIGKILL');
    await this.waitForExit();
  }
}
