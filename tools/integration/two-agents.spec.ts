/** Two agents on two hosts, as a person sets them up for the first time: a server and a client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, LAUNCHER, NetworkLab, requireTool, run, until } from '@mesh/testkit';

const WEB = { service: { name: 'web', port: 80, check: { args: ['true'], interval: '10s' } } };

/** A host of the lab with the commands that are typed on it. */
class Host {
  readonly name: string;
  readonly address: string;
  readonly folder: string;
  private readonly prefix: readonly string[];
  private child: ChildProcess | undefined;
  private output = '';
  private exit: number | undefined;

  constructor(lab: NetworkLab, position: number, name: string, folder: string) {
    this.name = name;
    this.address = lab.addressOf(position);
    this.prefix = lab.prefixOf(position);
    this.folder = join(folder, name);
    mkdirSync(join(this.folder, 'etc'), { recursive: true });
  }

  agent(...flags: readonly string[]): void {
    const own = [`-node=${this.name}`, `-bind=${this.address}`, '-data-dir=./data'];
    const words = [...this.prefix, LAUNCHER, 'agent', ...flags, ...own, '-config-dir=./etc'];
    const child = spawn(words[0]!, words.slice(1), { cwd: this.folder });
    this.child = child;
    this.exit = undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    child.on('close', (code) => {
      if (this.child === child) this.exit = code ?? -1;
    });
  }

  type(...words: readonly string[]): Promise<Finished> {
    const [command, ...args] = [...this.prefix, ...words];
    return run(command!, args, { cwd: this.folder });
  }

  consul(...args: readonly string[]): Promise<Finished> {
    return this.type(LAUNCHER, ...args);
  }

  /** Rows of `consul members`, split into columns. */
  async members(): Promise<string[][]> {
    const { stdout } = await this.consul('members');
    const rows = stdout.trimEnd().split('\n').slice(1);
    return rows.map((row) => row.split(/\s{2,}/));
  }

  async waitForMember(name: string, ...columns: readonly string[]): Promise<void> {
    await until(`${this.name} to see ${name} as ${columns.join(' ')}`, async () => {
      const row = (await this.members()).find(([first]) => first === name);
      return row !== undefined && columns.every((column) => row.includes(column));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async ended(): Promise<number> {
    await until(`${this.name} to end`, () => this.exit !== undefined);
    return this.exit!;
  }

  log(): string {
    return this.output;
  }
}

describe('two agents', () => {
  const lab = NetworkLab.create(2, { subnet: '172.20.20', first: 10 });
  const folder = mkdtempSync(join(tmpdir(), 'mesh-two-'));
  let one: Host;
  let two: Host;
  beforeAll(async () => {
    if (!lab) return;
    one = new Host(lab, 0, 'agent-one', folder);
    two = new Host(lab, 1, 'agent-two', folder);
    writeFileSync(join(two.folder, 'etc', 'web.json'), JSON.stringify(WEB));
    one.agent('-server', '-bootstrap-expect=1');
    two.agent('-enable-script-checks=true');
    await until('both to answer', async () => {
      const answers = await Promise.all([one.consul('members'), two.consul('members')]);
      return answers.every(({ code }) => code === 0);
    });
  });
  afterAll(() => {
    one?.signal('SIGKILL');
    two?.signal('SIGKILL');
    lab?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('do not know each other at first', async () => {
    if (!lab) return;
    const [server, ...noMore] = await one.members();
    expect(noMore).toEqual([]);
    const common = ['1.8.6', '2', 'dc1'];
    expect(server).toEqual([
      ...['agent-one', '172.20.20.10:8301', 'alive', 'server', ...common, '<all>'],
    ]);
    const [client, ...none] = await two.members();
    expect(none).toEqual([]);
    expect(client).toEqual([
      ...['agent-two', '172.20.20.11:8301', 'alive', 'client', ...common, '<default>'],
    ]);
    await until('the client to miss servers', () => two.log().includes('No known Consul servers'));
    const read = await two.consul('kv', 'get', 'x');
    expect(read.code).toBe(1);
    expect(read.stderr).toContain('No known Consul servers');
  });

  it('join, and see each other', async () => {
    if (!lab) return;
    expect(await one.consul('join', '172.20.20.11')).toEqual({
      code: 0,
      stdout: 'Successfully joined cluster by contacting 1 nodes.\n',
      stderr: '',
    });
    for (const host of [one, two]) {
      await host.waitForMember('agent-one', 'alive', 'server');
      await host.waitForMember('agent-two', 'alive', 'client');
    }
    await until('the client to sync', () => two.log().includes('Synced node info'));
    await until('its service', async () => {
      const { stdout } = await two.consul('catalog', 'services');
      return stdout === 'consul\nweb\n';
    });
    expect((await two.consul('kv', 'put', 'from', 'two')).code).toBe(0);
    expect((await one.consul('kv', 'get', 'from')).stdout).toBe('two\n');
  });

  it('DNS knows the client by name', async () => {
    if (!lab || !requireTool('dig')) return;
    await until('the address', async () => {
      const question = ['@127.0.0.1', '-p', '8600', 'agent-two.node.consul', '+short'];
      return (await one.type('dig', ...question)).stdout === '172.20.20.11\n';
    });
  });

  it('kill -9 shows as failed, its checks as critical; it rejoins by itself', async () => {
    if (!lab || !requireTool('curl')) return;
    two.signal('SIGKILL');
    await two.ended();
    await one.waitForMember('agent-two', 'failed');
    await until('the critical check', async () => {
      const { stdout } = await one.type('curl', '-s', 'localhost:8500/v1/health/node/agent-two');
      const checks = JSON.parse(stdout) as { CheckID: string; Status: string; Output: string }[];
      const serf = checks.find(({ CheckID }) => CheckID === 'serfHealth');
      return serf?.Status === 'critical' && serf.Output === 'Agent not live or unreachable';
    });
    two.agent('-enable-script-checks=true');
    await one.waitForMember('agent-two', 'alive');
    await two.waitForMember('agent-one', 'alive');
  });

  it('Ctrl-C makes a client leave', async () => {
    if (!lab) return;
    two.signal('SIGINT');
    expect(await two.ended()).toBe(0);
    await one.waitForMember('agent-two', 'left');
    await until('it to be gone from the catalog', async () => {
      const { stdout } = await one.consul('catalog', 'nodes');
      return !stdout.includes('agent-two');
    });
  });
});
