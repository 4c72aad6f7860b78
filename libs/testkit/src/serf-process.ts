import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, run, until } from './agent-process.ts';

export interface SerfProcessOptions {
  readonly name: string;
  /** Loopback, IPv4 or IPv6. @default '127.0.0.1' */
  readonly host?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Base64, primary first; none switches encryption off. */
  readonly keys?: readonly string[];
  readonly compression: boolean;
  /** Name of a query -> shell command that answers it. */
  readonly answers?: Readonly<Record<string, string>>;
}

/** A member as `serf members` tells of it. */
export interface SerfMemberRow {
  readonly name: string;
  readonly addr: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly status: string;
}

/** A real `serf agent` on loopback, and the commands that ask it. */
export class SerfProcess {
  readonly name: string;
  readonly port: number;
  private readonly rpcAddress: string;
  private readonly folder: string;
  private readonly child: ChildProcess;
  private output = '';
  private isOver = false;

  private constructor(options: SerfProcessOptions, port: number, rpcPort: number) {
    this.name = options.name;
    this.port = port;
    this.rpcAddress = `127.0.0.1:${rpcPort}`;
    this.folder = mkdtempSync(join(tmpdir(), 'mesh-serf-'));
    writeFileSync(this.eventsPath, '');
    this.child = spawn('serf', ['agent', ...this.flags(options)]);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    this.child.on('close', () => {
      this.isOver = true;
    });
  }

  /** Runs until `kill`, `leave` or `stop`. */
  static async start(options: SerfProcessOptions): Promise<SerfProcess> {
    const [port, rpcPort] = await freePorts(2);
    const serf = new SerfProcess(options, port!, rpcPort!);
    try {
      await until('serf', async () => (await serf.members()).length === 1);
    } catch (error) {
      await serf.stop();
      throw new Error(`${(error as Error).message}\n${serf.output}`);
    }
    return serf;
  }

  /** What it wrote so far. */
  get log(): string {
    return this.output;
  }

  /** User events that its handler saw, `NAME payload`, in order. */
  events(): string[] {
    return readFileSync(this.eventsPath, 'utf8').split('\n').slice(0, -1);
  }

  /** Keys in its file, base64, primary first. */
  keys(): string[] {
    return JSON.parse(readFileSync(this.keyringPath, 'utf8'));
  }

  async members(): Promise<SerfMemberRow[]> {
    return JSON.parse(await this.command('members', '-format=json')).members;
  }

  /** Status of a member; undefined where it knows of none. */
  async statusOf(name: string): Promise<string | undefined> {
    return (await this.members()).find((member) => member.name === name)?.status;
  }

  /** Runs `serf COMMAND ARGS` against this agent; rejects where it fails. */
  async command(name: string, ...args: readonly string[]): Promise<string> {
    const finished = await run('serf', [name, `-rpc-addr=${this.rpcAddress}`, ...args]);
    if (finished.code !== 0) throw new Error(`serf ${name}: ${finished.stderr}${finished.stdout}`);
    return finished.stdout;
  }

  /** Asks the pool; the answers by the member that gave them, and who acknowledged. */
  async query(name: string, payload: string) {
    const stdout = await this.command('query', '-format=json', '-timeout=2s', name, payload);
    return JSON.parse(stdout) as {
      readonly Acks: readonly string[];
      readonly Responses: Readonly<Record<string, string>>;
    };
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await until('the end of serf', () => this.isOver);
  }

  async leave(): Promise<void> {
    await this.command('leave');
    await until('the end of serf', () => this.isOver);
  }

  /** Ends it, where it is not over, and removes its files. */
  async stop(): Promise<void> {
    if (!this.isOver) await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get eventsPath(): string {
    return join(this.folder, 'events');
  }

  private get keyringPath(): string {
    return join(this.folder, 'keyring');
  }

  private flags(options: SerfProcessOptions): string[] {
    const { host = '127.0.0.1', keys, tags = {}, answers = {}, compression } = options;
    const bind = host.includes(':') ? `[${host}]` : host;
    if (keys) writeFileSync(this.keyringPath, JSON.stringify(keys));
    // Serf itself ends the payload with a line break.
    const record = `user=(printf '%s ' "$SERF_USER_EVENT"; cat) >> ${this.eventsPath}`;
    return [
      ...[`-node=${this.name}`, `-bind=${bind}:${this.port}`, `-rpc-addr=${this.rpcAddress}`],
      // Failures are found and forgotten faster than with `lan`; the wire is the same.
      '-profile=local',
      '-log-level=debug',
      `-event-handler=${record}`,
      ...Object.entries(answers).map(([name, line]) => `-event-handler=query:${name}=${line}`),
      ...Object.entries(tags).map(([key, value]) => `-tag=${key}=${value}`),
      ...(keys ? [`-keyring-file=${this.keyringPath}`] : []),
      ...(compression ? [] : ['-disable-compression']),
    ];
  }
}
