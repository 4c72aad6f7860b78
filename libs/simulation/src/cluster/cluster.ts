import { type Logger, noMetrics, silentLogger } from '@mesh/base';
import { RaftNode, type RaftTiming, type ServerInfo } from '@mesh/raft';
import { Invariants } from '../check/invariants.ts';
import { EventLoop } from '../world/event-loop.ts';
import { SeededRandom } from '../world/seeded-random.ts';
import { SimDisk } from '../world/sim-disk.ts';
import { SimNetwork } from '../world/sim-network.ts';
import { SimPlatform } from '../world/sim-platform.ts';
import { KvMachine } from './kv-machine.ts';

/** What a scenario is played with. */
export interface ClusterOptions {
  readonly seed: number;
  readonly timing: RaftTiming;
  /** Clocks of processes run up to this much too fast or too slow. */
  readonly clockSkewRatio: number;
  readonly snapshotThreshold: number;
  readonly trailingEntries: number;
  readonly maxBatchEntries: number;
  /** Election timeouts have few values: servers often stand at the same time. */
  readonly hasCoarseTimeouts: boolean;
  /** Receives a line for each thing that happens; undefined for none. */
  readonly trace?: (line: string) => void;
}

/** One life of a server's process. */
export interface SimLife {
  readonly node: RaftNode;
  readonly machine: KvMachine;
  readonly platform: SimPlatform;
  /** Set once its start is over. */
  isUp: boolean;
}

/** A server: a disk, and at most one life of a process on it. */
export interface SimServer {
  readonly id: string;
  readonly disk: SimDisk;
  life: SimLife | undefined;
}

/** Servers over a simulated network, disk and clock each, watched by the invariants. */
export class SimCluster {
  readonly loop = new EventLoop();
  readonly network: SimNetwork;
  readonly servers = new Map<string, SimServer>();
  readonly options: ClusterOptions;
  readonly invariants = new Invariants();
  /** The first thing that went wrong. */
  failure: Error | undefined;
  private readonly random: SeededRandom;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed, 'cluster');
    this.network = new SimNetwork(this.loop, new SeededRandom(options.seed, 'network'));
  }

  get lives(): readonly (SimServer & { readonly life: SimLife })[] {
    return [...this.servers.values()].filter(
      (server): server is SimServer & { readonly life: SimLife } => server.life?.isUp === true,
    );
  }

  add(id: string): SimServer {
    const random = new SeededRandom(this.options.seed, `disk ${id}`);
    const server: SimServer = {
      id,
      disk: new SimDisk(random, this.invariants.disk(id), () => this.crashInWrite(id)),
      life: undefined,
    };
    this.servers.set(id, server);
    return server;
  }

  /** Starts a server's process on what its disk holds. */
  start(id: string): void {
    const server = this.servers.get(id)!;
    if (server.life) return;
    this.trace(`start ${id}`);
    const skew = this.random.between(-1, 1) * this.options.clockSkewRatio;
    const own = new SeededRandom(this.random.whole(0, 2 ** 31), id);
    const platform = new SimPlatform(this.loop, 1 + skew, own);
    this.invariants.onStart(id);
    const machine = new KvMachine((entry) => this.guard(() => this.invariants.onApply(id, entry)));
    const restore = machine.restore.bind(machine);
    machine.restore = async (chunks) => {
      await restore(chunks);
      this.invariants.onRestore(id);
    };
    const node = new RaftNode({
      serverId: id,
      address: `${id}:8300`,
      logStore: server.disk.logStore(platform),
      snapshots: server.disk.snapshotStore(platform),
      machine,
      transport: this.network.transport(id, platform),
      platform: {
        clock: platform,
        timers: platform,
        random: this.options.hasCoarseTimeouts
          ? { float: () => Math.floor(3 * own.float()) / 3 }
          : own,
      },
      timing: this.options.timing,
      defer: (callback) => platform.schedule(0, callback),
      logger: this.logger(id),
      metrics: noMetrics,
      limits: {
        snapshotThreshold: this.options.snapshotThreshold,
        trailingEntries: this.options.trailingEntries,
        snapshotIntervalMs: 400,
        maxBatchEntries: this.options.maxBatchEntries,
        maxInflightAppends: 3,
      },
    });
    const life: SimLife = { node, machine, platform, isUp: false };
    server.life = life;
    node.start().then(
      () => {
        life.isUp = true;
      },
      (error) => this.fail(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** The process of a server dies at once; what its disk had not stored is lost. */
  crash(id: string, isNoticed: boolean): void {
    const server = this.servers.get(id)!;
    if (!server.life) return;
    this.trace(`crash ${id}`);
    server.life.platform.end();
    server.life = undefined;
    this.guard(() => server.disk.crash());
    if (isNoticed) this.network.tellGone(id);
  }

  /** A disk write is what a crash falls into. */
  private crashInWrite(id: string): void {
    this.crash(id, this.random.chance(0.5));
    this.loop.schedule(this.random.between(5, 400), () => this.start(id));
  }

  /** Bootstraps the cluster on one of its servers. */
  bootstrap(id: string, servers: readonly ServerInfo[]): void {
    this.servers
      .get(id)!
      .life!.node.bootstrap(servers)
      .catch(() => {});
  }

  /** Looks at every server; called after each event. */
  observe(): void {
    this.guard(() => {
      for (const { id, life } of this.lives) this.invariants.look(id, life.node.status());
    });
  }

  /** The server that leads with the highest term. */
  leader(): (SimServer & { readonly life: SimLife }) | undefined {
    return this.lives
      .filter(({ life }) => life.node.status().role === 'leader')
      .sort((a, b) => b.life.node.status().term - a.life.node.status().term)[0];
  }

  trace(line: string): void {
    this.options.trace?.(`${this.loop.nowMs.toFixed(1).padStart(9)} ${line}`);
  }

  fail(error: Error): void {
    this.failure ??= error;
  }

  private guard(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private logger(id: string): Logger {
    if (!this.options.trace) return silentLogger;
    const line = (message: string, fields: object = {}) =>
      this.trace(`${id}: ${message} ${JSON.stringify(fields)}`);
    const logger: Logger = {
      trace: line,
      debug: line,
      info: line,
      warn: line,
      error: line,
      enabled: () => true,
      named: () => logger,
    };
    return logger;
  }
}
