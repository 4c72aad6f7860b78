import { join } from 'node:path';
import { freePorts, type HttpTarget, KeepAliveClient, run, until } from '@mesh/testkit';
import { composeWords, freeSubnet, must, unplug } from './docker.ts';
import type { NodeName, ServerName, Stack } from './stack.ts';

const ROOT = join(__dirname, '..', '..');
const UP_TIMEOUT_MS = 180_000;

interface ContainerState {
  readonly Name: string;
  readonly State: { readonly Status: string; readonly Health?: { readonly Status: string } };
}

/** docker-compose.yml under a project name, a network and ports of its own, so that it disturbs no other. */
export class ComposeStack implements Stack {
  readonly kind = 'docker compose';
  readonly api: HttpTarget;
  private readonly compose: readonly string[];
  private readonly project = `meshtest${process.pid}`;
  private readonly env: Record<string, string>;
  private readonly ports: { http: number; demo: number; dns: number };
  private plugs: (() => Promise<void>)[] = [];
  /** Frozen or cut off: nobody expects them to be healthy. */
  private readonly hurt = new Set<NodeName>();

  private constructor(compose: readonly string[], subnet: string, ports: readonly number[]) {
    const [http, demo, dns] = ports as [number, number, number];
    this.compose = compose;
    this.ports = { http, demo, dns };
    this.api = { port: http };
    this.env = {
      MESH_BUILD_FROM: process.env['MESH_BUILD_FROM'] ?? 'context',
      MESH_SUBNET: subnet,
      MESH_HTTP_PORT: String(http),
      MESH_DEMO_PORT: String(demo),
      MESH_DNS_PORT: String(dns),
    };
  }

  static async create(): Promise<ComposeStack> {
    return new ComposeStack(await composeWords(), await freeSubnet(), await freePorts(3));
  }

  async up(): Promise<void> {
    await this.run('up', '-d');
    await this.healthy();
  }

  async down(): Promise<void> {
    await this.run('down');
  }

  async purge(): Promise<void> {
    await this.heal();
    await this.run('down', '-v', '--remove-orphans', '-t', '1');
  }

  async kill(node: NodeName): Promise<void> {
    await must('docker', ['kill', await this.container(node)]);
  }

  async start(node: NodeName): Promise<void> {
    await must('docker', ['start', await this.container(node)]);
    await this.healthy();
  }

  async pause(node: NodeName): Promise<void> {
    this.hurt.add(node);
    await must('docker', ['pause', await this.container(node)]);
  }

  async resume(node: NodeName): Promise<void> {
    await must('docker', ['unpause', await this.container(node)]);
    this.hurt.delete(node);
  }

  async cut(server: ServerName): Promise<void> {
    const plug = await unplug(await this.container(server));
    this.hurt.add(server);
    this.plugs.push(async () => {
      await plug();
      this.hurt.delete(server);
    });
  }

  async heal(): Promise<void> {
    for (const plug of this.plugs.splice(0)) await plug();
  }

  async restartAll(): Promise<void> {
    await this.run('restart');
    await this.healthy();
  }

  async replace(server: ServerName): Promise<void> {
    await this.run('up', '-d', '--no-deps', '--force-recreate', server);
    await this.healthy();
  }

  async replaceEmpty(server: ServerName): Promise<void> {
    await this.run('rm', '-s', '-f', server);
    await must('docker', ['volume', 'rm', `${this.project}_${server}-data`]);
    await this.run('up', '-d', '--no-deps', server);
    await this.healthy();
  }

  async get(node: NodeName, path: string): Promise<string> {
    const script =
      'fetch(process.argv[1]).then((a) => a.text()).then((t) => process.stdout.write(t))';
    const url = `http://127.0.0.1:8500${path}`;
    return must('docker', ['exec', await this.container(node), 'node', '-e', script, url]);
  }

  async dig(...args: readonly string[]): Promise<string> {
    const at = ['@127.0.0.1', '-p', String(this.ports.dns), '+tries=1', '+time=5', '+nocookie'];
    return (await run('dig', [...at, ...args])).stdout;
  }

  async demo(path: string) {
    const client = new KeepAliveClient({ port: this.ports.demo });
    try {
      return await client.exchange('GET', path);
    } finally {
      client.close();
    }
  }

  consul(...args: readonly string[]) {
    return run('npx', ['nx', 'run', 'cli:consul', '--', ...args], {
      cwd: ROOT,
      env: { CONSUL_HTTP_ADDR: `127.0.0.1:${this.ports.http}`, NX_ISOLATE_PLUGINS: 'false' },
    });
  }

  async logs(): Promise<string> {
    const done = await this.attempt('logs', '--no-color', '--tail', '60');
    return `${done.stdout}\n${done.stderr}`;
  }

  /** Every container that should run does, and says that it is healthy. */
  private async healthy(): Promise<void> {
    let seen = '';
    await until(
      'all containers to be healthy',
      async () => {
        const ids = (await this.run('ps', '-a', '-q')).split('\n').filter(Boolean);
        const text = await must('docker', ['inspect', ...ids]);
        const bad = (JSON.parse(text) as ContainerState[]).filter(
          ({ Name, State }) =>
            !/[-_]setup[-_]/.test(Name) &&
            ![...this.hurt].some((node) => Name.includes(node)) &&
            (State.Status !== 'running' || (State.Health && State.Health.Status !== 'healthy')),
        );
        seen = bad
          .map(({ Name, State }) => `${Name}: ${State.Health?.Status ?? State.Status}`)
          .join();
        return bad.length === 0;
      },
      UP_TIMEOUT_MS,
    ).catch((error) => {
      throw new Error(`${String(error)} (${seen})`);
    });
  }

  private async container(node: NodeName): Promise<string> {
    const id = await this.run('ps', '-a', '-q', node);
    if (!id) throw new Error(`no container of ${node}`);
    return id;
  }

  private async run(...args: readonly string[]): Promise<string> {
    const done = await this.attempt(...args);
    if (done.code !== 0) throw new Error(`compose ${args.join(' ')}: ${done.stderr.slice(-3000)}`);
    return done.stdout.trim();
  }

  private attempt(...args: readonly string[]) {
    const [command, ...words] = this.compose;
    const all = [...words, '-p', this.project, '-f', join(ROOT, 'docker-compose.yml'), ...args];
    return run(command!, all, { cwd: ROOT, env: this.env });
  }
}
