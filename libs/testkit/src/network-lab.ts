import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** Addresses of the hosts, on a network that exists inside the lab's namespaces alone. */
export interface LabNetwork {
  /** First three bytes of the addresses, a /24. @default 10.99.0 */
  readonly subnet?: string;
  /** Last byte of the first host's address; the others follow. @default 1 */
  readonly first?: number;
}

const PREFIX = 'meshlab';

/**
 * Hosts as network namespaces, cabled to bridges in a further namespace. A partition moves cables to
 * another bridge: links stay up and packets vanish, as with a broken network between machines. Nothing
 * of it touches this machine's own network. Needs Linux, root and iproute2.
 */
export class NetworkLab {
  readonly size: number;
  private readonly id: string;
  private readonly network: Required<LabNetwork>;
  private bridges = 0;

  private constructor(size: number, network: LabNetwork) {
    this.size = size;
    this.network = { subnet: '10.99.0', first: 1, ...network };
    this.id = `${PREFIX}${process.pid}`;
  }

  /**
   * Lays out `size` hosts that reach each other. Where namespaces are not permitted: undefined and a
   * line that says so; under CI=true it throws.
   */
  static create(size: number, network: LabNetwork = {}): NetworkLab | undefined {
    const lab = new NetworkLab(size, network);
    try {
      removeLeftovers();
      lab.build();
      return lab;
    } catch (error) {
      lab.remove();
      const why = `no network namespaces: ${(error as Error).message}`;
      if (process.env['CI'] === 'true') throw new Error(why);
      process.stderr.write(`skipped: ${why}\n`);
      return undefined;
    }
  }

  addressOf(position: number): string {
    const { subnet, first } = this.network;
    return `${subnet}.${first + position}`;
  }

  /** Words that run a command on a host; they exec it, so its signals are the command's. */
  prefixOf(position: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.host(position)];
  }

  /** Cuts the network into groups of hosts; nothing passes between groups. Hosts in none stay together. */
  partition(...groups: readonly (readonly number[])[]): void {
    this.heal();
    groups.forEach((group, at) => {
      const bridge = this.bridge(at + 1);
      for (const position of group) this.plug(position, bridge);
    });
  }

  /** Everyone reaches everyone. */
  heal(): void {
    for (let position = 0; position < this.size; position++) this.plug(position, this.bridge(0));
  }

  /** Ends what still runs on the hosts and removes them. */
  remove(): void {
    for (const name of namespaces()) {
      if (name === this.switch || name.startsWith(`${this.id}-`)) removeNamespace(name);
    }
  }

  private get switch(): string {
    return this.id;
  }

  private host(position: number): string {
    return `${this.id}-${position}`;
  }

  private build(): void {
    ip('netns', 'add', this.switch);
    for (let position = 0; position < this.size; position++) {
      const name = this.host(position);
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
      const ends = ['peer', 'name', 'eth0', 'netns', name];
      ip('-n', this.switch, 'link', 'add', `p${position}`, 'type', 'veth', ...ends);
      ip('-n', this.switch, 'link', 'set', `p${position}`, 'up');
      ip('-n', name, 'addr', 'add', `${this.addressOf(position)}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
    }
    this.heal();
  }

  /** The bridge of a number, made when it is first asked for. */
  private bridge(number: number): string {
    for (; this.bridges <= number; this.bridges++) {
      const options = ['stp_state', '0', 'forward_delay', '0'];
      const name = `br${this.bridges}`;
      ip('-n', this.switch, 'link', 'add', name, 'type', 'bridge', ...options);
      ip('-n', this.switch, 'link', 'set', name, 'up');
    }
    return `br${number}`;
  }

  private plug(position: number, bridge: string): void {
    ip('-n', this.switch, 'link', 'set', `p${position}`, 'master', bridge);
  }
}

function ip(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

function namespaces(): readonly string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}

function removeNamespace(name: string): void {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  for (const pid of stdout.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  spawnSync('ip', ['netns', 'del', name]);
}

/** Of test runs that were killed before they could clean up: their process is gone. */
function removeLeftovers(): void {
  for (const name of namespaces()) {
    const pid = new RegExp(`^${PREFIX}(\\d+)(-\\d+)?$`).exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) removeNamespace(name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
