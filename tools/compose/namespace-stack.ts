import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HttpTarget, KeepAliveClient, LAUNCHER, NetworkLab, run, until } from '@mesh/testkit';
import { must } from './docker.ts';
import { HostProgram } from './host-program.ts';
import { AGENTS, type NodeName, SERVERS, type ServerName, type Stack } from './stack.ts';

const ROOT = join(__dirname, '..', '..');
const DEPLOY = join(ROOT, 'deploy', 'compose');
const UP_TIMEOUT_MS = 120_000;

/** Hosts of the lab: three servers, two machines, the DNS front. */
const HOSTS = ['server-1', 'server-2', 'server-3', 'machine-1', 'machine-2', 'dns-front'] as const;
type Host = (typeof HOSTS)[number];

/** Which host a node stands on. */
const HOST_OF: Readonly<Record<NodeName, Host>> = {
  'server-1': 'server-1',
  'server-2': 'server-2',
  'server-3': 'server-3',
  'agent-1': 'machine-1',
  'agent-2': 'machine-2',
};

/** Which agent a demo service's sidecar belongs to. */
const SIDECARS = { web: 'agent-1', api: 'agent-2' } as const;

/**
 * The programs and configuration files of docker-compose.yml without an engine: each container's
 * network is a namespace, each volume a folder. Names of containers do not resolve there; addresses
 * stand in for them.
 */
export class NamespaceStack implements Stack {
  readonly kind = 'network namespaces';
  readonly api: HttpTarget;
  private readonly lab: NetworkLab;
  private readonly folder = mkdtempSync(join(tmpdir(), 'mesh-stack-'));
  private readonly programs = new Map<string, HostProgram>();
  /** Frozen or cut off: nobody expects them to be healthy. */
  private readonly hurt = new Set<NodeName>();

  private constructor(lab: NetworkLab) {
    this.lab = lab;
    this.api = { socketPath: this.socket('agent-1') };
  }

  static async create(): Promise<NamespaceStack> {
    const lab = NetworkLab.create(HOSTS.length);
    if (!lab) throw new Error('neither a container engine nor network namespaces are to be had');
    const stack = new NamespaceStack(lab);
    await stack.layOut();
    return stack;
  }

  async up(): Promise<void> {
    await this.setup();
    for (const program of this.programs.values()) program.start();
    await this.healthy();
  }

  async down(): Promise<void> {
    // Sidecars first: they know their agent while they end.
    for (const program of [...this.programs.values()].reverse()) await program.end('SIGTERM');
  }

  async purge(): Promise<void> {
    for (const program of this.programs.values()) await program.end('SIGKILL');
    this.lab.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async kill(node: NodeName): Promise<void> {
    await this.program(node).end('SIGKILL');
  }

  async start(node: NodeName): Promise<void> {
    this.program(node).start();
    await this.healthy();
  }

  async pause(node: NodeName): Promise<void> {
    this.hurt.add(node);
    this.program(node).signal('SIGSTOP');
  }

  async resume(node: NodeName): Promise<void> {
    this.program(node).signal('SIGCONT');
    this.hurt.delete(node);
  }

  async cut(server: ServerName): Promise<void> {
    this.hurt.add(server);
    this.lab.partition([HOSTS.indexOf(server)]);
  }

  async heal(): Promise<void> {
    this.lab.heal();
    for (const server of SERVERS) this.hurt.delete(server);
  }

  async restartAll(): Promise<void> {
    await Promise.all([...this.programs.values()].map((program) => program.end('SIGTERM')));
    for (const program of this.programs.values()) program.start();
    await this.healthy();
  }

  async replace(server: ServerName): Promise<void> {
    await this.program(server).end('SIGTERM');
    await this.start(server);
  }

  async replaceEmpty(server: ServerName): Promise<void> {
    await this.program(server).end('SIGTERM');
    rmSync(this.dataOf(server), { recursive: true, force: true });
    await this.start(server);
  }

  async get(node: NodeName, path: string): Promise<string> {
    const client = new KeepAliveClient({ socketPath: this.socket(node) });
    try {
      return (await client.exchange('GET', path)).text;
    } finally {
      client.close();
    }
  }

  async dig(...args: readonly string[]): Promise<string> {
    const at = ['@127.0.0.1', '-p', '8600', '+tries=1', '+time=5', '+nocookie'];
    return (await this.on('dns-front', ['dig', ...at, ...args])).stdout;
  }

  async demo(path: string) {
    const url = `http://127.0.0.1:8080${path}`;
    const { stdout } = await this.on('machine-1', ['curl', '-s', '-w', '\n%{http_code}', url]);
    const end = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) };
  }

  consul(...args: readonly string[]) {
    return run('npx', ['nx', 'run', 'cli:consul', '--', ...args], {
      cwd: ROOT,
      env: { CONSUL_HTTP_ADDR: `unix://${this.socket('agent-1')}`, NX_ISOLATE_PLUGINS: 'false' },
    });
  }

  async logs(): Promise<string> {
    return [...this.programs.values()].map((program) => program.log().slice(-4000)).join('\n');
  }

  private async layOut(): Promise<void> {
    for (const node of [...SERVERS, ...AGENTS]) {
      const kind = node.startsWith('server') ? 'catalog-server' : 'client-agent';
      this.add(node, HOST_OF[node], [...this.agentWords(node, kind)]);
    }
    for (const [name, port] of Object.entries({ web: '8080', api: '9090' })) {
      const host = name === 'web' ? 'machine-1' : 'machine-2';
      const env = { PORT: port, UPSTREAM: 'http://127.0.0.1:9191/' };
      this.add(name, host, ['node', join(DEPLOY, 'demo', `${name}.mjs`)], env);
    }
    this.addFront();
    for (const [name, node] of Object.entries(SIDECARS)) {
      const program = join(ROOT, 'dist', 'sidecar-proxy', 'main.js');
      const words = ['node', program, `-sidecar-for=${name}`];
      const env = { CONSUL_HTTP_ADDR: `unix://${this.socket(node)}` };
      this.add(`${name}-sidecar`, HOST_OF[node], words, env);
    }
  }

  private agentWords(node: NodeName, kind: 'catalog-server' | 'client-agent'): readonly string[] {
    const secrets = this.secretsOf(node);
    const isServer = kind === 'catalog-server';
    const own = {
      data_dir: this.dataOf(node),
      ca_file: join(secrets, 'ca.pem'),
      cert_file: join(secrets, 'cert.pem'),
      key_file: join(secrets, 'key.pem'),
      addresses: { http: `unix://${this.socket(node)} 127.0.0.1`, https: '0.0.0.0' },
      retry_join: SERVERS.map((server) => this.address(server)),
    };
    const folders = isServer ? ['server'] : ['agent', `agent/${node}`];
    return [
      ...['node', join(ROOT, 'dist', kind, 'main.js'), `-node=${node}`],
      ...[`-bind=${this.address(HOST_OF[node])}`, ...(isServer ? [] : ['-ui'])],
      ...folders.map((folder) => `-config-dir=${join(DEPLOY, folder)}`),
      ...[`-config-dir=${secrets}`, '-hcl', JSON.stringify(own)],
    ];
  }

  private addFront(): void {
    const secrets = join(this.folder, 'secrets', 'dns-front');
    const agents = ['machine-1', 'machine-2'] as const;
    this.add('dns-front', 'dns-front', [
      ...['node', join(ROOT, 'dist', 'dns-front', 'main.js')],
      ...agents.map((host) => `-http-addr=https://${this.address(host)}:8501`),
      ...[`-ca-file=${join(secrets, 'ca.pem')}`, '-tls-server-name=localhost'],
      ...[`-client-cert=${join(secrets, 'cert.pem')}`, `-client-key=${join(secrets, 'key.pem')}`],
    ]);
  }

  private add(name: string, host: Host, words: readonly string[], env = {}): void {
    const prefix = this.lab.prefixOf(HOSTS.indexOf(host));
    this.programs.set(name, new HostProgram(name, [...prefix, ...words], env));
  }

  /** As the `setup` container: the CA, certificates, the gossip key. */
  private async setup(): Promise<void> {
    const ca = join(this.folder, 'ca');
    mkdirSync(ca, { recursive: true });
    for (const name of [...SERVERS, ...AGENTS, 'dns-front']) {
      mkdirSync(this.secretsOf(name), { recursive: true });
    }
    const bin = join(this.folder, 'bin');
    if (!existsSync(bin)) {
      mkdirSync(bin);
      symlinkSync(LAUNCHER, join(bin, 'consul'));
    }
    const path = { PATH: `${bin}:${process.env['PATH']}` };
    const script = join(DEPLOY, 'setup', 'setup.mjs');
    await must('node', [script, ca, join(this.folder, 'secrets')], path);
  }

  /** Servers and agents know a leader, sidecars pass, the front answers; what has ended by itself is started again. */
  private async healthy(): Promise<void> {
    await until(
      'everything to be healthy',
      async () => {
        for (const program of this.programs.values()) if (!program.isRunning) program.start();
        for (const node of [...SERVERS, ...AGENTS]) {
          if (this.hurt.has(node)) continue;
          if (!(await this.get(node, '/v1/status/leader')).includes(':8300')) return false;
        }
        for (const [name, node] of Object.entries(SIDECARS)) {
          const path = `/v1/agent/health/service/id/${name}-sidecar-proxy?format=text`;
          if ((await this.get(node, path)) !== 'passing') return false;
        }
        return (await this.dig('consul', 'SOA')).includes('status: NOERROR');
      },
      UP_TIMEOUT_MS,
    );
  }

  private program(name: string): HostProgram {
    return this.programs.get(name)!;
  }

  private on(host: Host, words: readonly string[]) {
    const [command, ...args] = [...this.lab.prefixOf(HOSTS.indexOf(host)), ...words];
    return run(command!, args);
  }

  private address(host: Host): string {
    return this.lab.addressOf(HOSTS.indexOf(host));
  }

  private dataOf(node: string): string {
    return join(this.folder, 'data', node);
  }

  private secretsOf(node: string): string {
    return join(this.folder, 'secrets', node);
  }

  private socket(node: string): string {
    return join(this.folder, `${node}.sock`);
  }
}
