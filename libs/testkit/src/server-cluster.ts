import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './agent-process.ts';
import { reservedPorts } from './server-ports.ts';
import { type ServerOptions, ServerProcess } from './server-process.ts';

export interface ClusterOptions {
  /** Servers that bootstrap together. @default 3 */
  readonly size?: number;
  /** performance.raft_multiplier. @default 1 */
  readonly raftMultiplier?: number;
  /** Further keys of `performance`. */
  readonly performance?: Readonly<Record<string, unknown>>;
  /** Further configuration of every server. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What differs from server to server, such as its network. */
  readonly placement?: (position: number, folder: string) => Partial<ServerOptions>;
}

/** A server as /v1/operator/raft/configuration lists it. */
export interface RaftPeer {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly Leader: boolean;
  readonly Voter: boolean;
}

/** What a server holds, read from its own state alone (`stale`). */
export interface StateDigest {
  /** Of the keys with all their indexes. */
  readonly sha256: string;
  readonly keys: number;
  /** X-Consul-Index of the read. */
  readonly index: string;
}

/** Real servers on one machine, each with ports and a data folder of its own. */
export class ServerCluster {
  readonly folder: string;
  readonly servers: ServerProcess[] = [];
  private readonly options: ClusterOptions;

  private constructor(options: ClusterOptions) {
    this.options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'mesh-cluster-'));
  }

  /** Starts the servers and waits until all of them answer reads that need a leader. */
  static async start(options: ClusterOptions = {}): Promise<ServerCluster> {
    const cluster = new ServerCluster(options);
    const size = options.size ?? 3;
    const placements: Placement[] = [];
    for (let position = 0; position < size; position++) {
      placements.push(await cluster.place(position));
    }
    for (const [position, placement] of placements.entries()) {
      const others = placements.filter((_, other) => other !== position);
      cluster.servers.push(cluster.build(placement, others, size));
    }
    try {
      for (const server of cluster.servers) server.spawn();
      await Promise.all(cluster.servers.map((server) => server.waitUntilReadable(60_000)));
    } catch (error) {
      const log = cluster.logs();
      await cluster.stop();
      throw new Error(`${String(error)}\n${log}`);
    }
    return cluster;
  }

  /** A further server that joins the others; not started yet. */
  async add(over: Partial<ServerOptions> = {}): Promise<ServerProcess> {
    const placement = await this.place(this.servers.length);
    const server = this.build({ ...placement, ...over }, this.servers, 0);
    this.servers.push(server);
    return server;
  }

  get running(): readonly ServerProcess[] {
    return this.servers.filter((server) => server.running);
  }

  /** The server that leads by the word of every running server; undefined while they disagree. */
  async currentLeader(): Promise<ServerProcess | undefined> {
    const named = await Promise.all(
      this.running.map(async (server) => {
        const { text } = await server.http('GET', '/v1/status/leader', undefined, 2000);
        return JSON.parse(text) as string;
      }),
    );
    const leader = this.running.find((server) => server.raftAddress === named[0]);
    return named.every((name) => name === named[0]) ? leader : undefined;
  }

  /** Waits until all running servers name one of them as leader. */
  leader(timeoutMs = 30_000): Promise<ServerProcess> {
    return until('one leader', () => this.currentLeader(), timeoutMs);
  }

  async follower(): Promise<ServerProcess> {
    const leader = await this.leader();
    return this.running.find((server) => server !== leader)!;
  }

  /** Raft's servers as the leader sees them. */
  async peers(): Promise<readonly RaftPeer[]> {
    const leader = await this.leader();
    const answer = await leader.http('GET', '/v1/operator/raft/configuration');
    if (answer.status !== 200) throw new Error(`raft configuration: ${answer.text}`);
    return answer.json<{ Servers: RaftPeer[] }>().Servers;
  }

  /** Waits until Raft has exactly this many voters. */
  async waitForVoters(count: number, timeoutMs = 60_000): Promise<void> {
    await until(
      `${count} voters`,
      async () => {
        const peers = await this.peers();
        return peers.length === count && peers.every((peer) => peer.Voter);
      },
      timeoutMs,
    );
  }

  /** Waits until all running servers hold the same keys, each by its own state, and returns what. */
  async converged(timeoutMs = 30_000): Promise<StateDigest> {
    let digests: StateDigest[] = [];
    try {
      return await until(
        'all servers to hold the same',
        async () => {
          digests = await Promise.all(this.running.map((server) => digestOf(server)));
          const same = digests.every((one) => one.sha256 === digests[0]!.sha256);
          return same ? digests[0] : undefined;
        },
        timeoutMs,
      );
    } catch (error) {
      throw new Error(`${String(error)}: ${JSON.stringify(digests)}`);
    }
  }

  /** The end of each server's log, for the message of a failure. */
  logs(chars = 3000): string {
    return this.servers
      .map((server) => `==== ${server.name}\n${server.log().slice(-chars)}`)
      .join('\n');
  }

  /** Ends all servers, however they are, and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.dispose()));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async place(position: number): Promise<Placement> {
    const [http, server, serfLan, serfWan] = (await reservedPorts(4)) as Ports;
    const name = `s${position + 1}`;
    const folder = join(this.folder, name);
    return {
      name,
      folder,
      address: '127.0.0.1',
      ports: { http, server, serfLan, serfWan },
      ...this.options.placement?.(position, folder),
    };
  }

  private build(
    placement: Placement,
    others: readonly Pick<Placement, 'address' | 'ports'>[],
    bootstrapExpect: number,
  ): ServerProcess {
    const { raftMultiplier = 1, performance, config } = this.options;
    return new ServerProcess({
      ...placement,
      config: {
        log_level: 'INFO',
        performance: { raft_multiplier: raftMultiplier, ...performance },
        ...(bootstrapExpect > 0 ? { bootstrap_expect: bootstrapExpect } : {}),
        retry_join: others.map((other) => `${other.address}:${other.ports.serfLan}`),
        ...config,
        ...placement.config,
      },
    });
  }
}

type Ports = [number, number, number, number];
type Placement = Pick<ServerOptions, 'name' | 'folder' | 'ports'> & Partial<ServerOptions>;

/** What one server holds by its own state. */
export async function digestOf(server: ServerProcess): Promise<StateDigest> {
  const answer = await server.http('GET', '/v1/kv/?recurse&stale');
  if (answer.status !== 200 && answer.status !== 404) {
    throw new Error(`${server.name}: ${answer.status} ${answer.text}`);
  }
  return {
    sha256: createHash('sha256').update(answer.text).digest('hex'),
    keys: answer.status === 404 ? 0 : answer.json<unknown[]>().length,
    index: answer.headers['x-consul-index'] ?? '',
  };
}
