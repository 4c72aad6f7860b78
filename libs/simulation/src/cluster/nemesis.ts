import type { ConfigurationChange } from '@mesh/raft';
import type { SeededRandom } from '../world/seeded-random.ts';
import type { SimCluster, SimLife } from './cluster.ts';
import { playFigureEight } from './figure-eight.ts';

/** Faults and operations that befall a cluster, with their weights. */
export interface FaultMix {
  readonly partition: number;
  readonly link: number;
  readonly ambush: number;
  readonly lateAnswers: number;
  readonly figureEight: number;
  readonly crash: number;
  readonly crashAll: number;
  readonly pause: number;
  readonly disk: number;
  readonly clock: number;
  readonly membership: number;
  readonly transfer: number;
  readonly snapshot: number;
}

type Fault = keyof FaultMix;

/** Does to a cluster what the world does to clusters. */
export class Nemesis {
  /** Faults so far. */
  count = 0;
  private stopped = false;
  private readonly cluster: SimCluster;
  private readonly random: SeededRandom;
  private readonly mix: FaultMix;
  private readonly betweenMs: number;

  constructor(cluster: SimCluster, random: SeededRandom, mix: FaultMix, betweenMs: number) {
    this.cluster = cluster;
    this.random = random;
    this.mix = mix;
    this.betweenMs = betweenMs;
  }

  start(): void {
    const waitMs = this.random.between(0.2, 2) * this.betweenMs;
    this.cluster.loop.schedule(waitMs, () => {
      if (this.stopped) return;
      this.strike();
      this.start();
    });
  }

  /** Ends all faults: the network is whole, disks have space, every server runs. */
  healAll(): void {
    this.stopped = true;
    const { network, servers } = this.cluster;
    network.healAll();
    Object.assign(network.settings, { lossRatio: 0, duplicateRatio: 0, stragglerRatio: 0 });
    for (const { id, disk } of servers.values()) {
      disk.settings.isFull = false;
      disk.settings.slowestMs = 3;
      disk.settings.crashRatio = 0;
      this.cluster.start(id);
    }
  }

  private strike(): void {
    this.count++;
    const faults = Object.entries(this.mix) as [Fault, number][];
    const total = faults.reduce((sum, [, weight]) => sum + weight, 0);
    let at = this.random.float() * total;
    for (const [fault, weight] of faults) {
      at -= weight;
      if (at < 0) {
        this[fault]();
        return;
      }
    }
  }

  private partition(): void {
    const { network } = this.cluster;
    network.healAll();
    if (this.random.chance(0.35)) return;
    const ids = [...this.cluster.servers.keys()];
    const leader = this.cluster.leader()?.id;
    const isolated = leader && this.random.chance(0.5) ? leader : this.random.pick(ids);
    const side = new Set([isolated, ...ids.filter(() => this.random.chance(0.25))]);
    const oneWay = this.random.chance(0.25);
    this.cluster.trace(`cut ${[...side].join(' ')}${oneWay ? ', one way' : ''}`);
    for (const from of ids) {
      for (const to of ids) {
        if (side.has(from) === side.has(to)) continue;
        if (oneWay && side.has(from)) continue;
        network.cut(from, to);
      }
    }
  }

  /** One link between two servers, often the leader's, is cut or becomes slow, one way or both. */
  private link(): void {
    const { network, servers } = this.cluster;
    const ids = [...servers.keys()];
    const leader = this.cluster.leader()?.id;
    const one = leader && this.random.chance(0.7) ? leader : this.random.pick(ids);
    const other = this.random.pick(ids);
    const slowMs = this.random.chance(0.5) ? this.random.between(50, 600) : undefined;
    this.cluster.trace(`link ${one} ${other} ${slowMs ?? 'cut'}`);
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (this.random.chance(0.2)) continue;
      if (slowMs === undefined) network.cut(from, to);
      else network.slowDown(from, to, slowMs);
    }
  }

  /**
   * The leader hears late from all others, and one of them not at all from it: whoever votes for that
   * one too soon lets two answer reads at the same time.
   */
  private lateAnswers(): void {
    const leader = this.cluster.leader()?.id;
    if (leader === undefined) return;
    const { network, servers } = this.cluster;
    network.healAll();
    const others = [...servers.keys()].filter((id) => id !== leader);
    if (others.length < 2) return;
    const deaf = this.random.pick(others);
    this.cluster.trace(`late answers to ${leader}, ${deaf} does not hear it`);
    network.cut(leader, deaf);
    network.cut(deaf, leader);
    const lateMs = this.random.between(40, 120);
    for (const other of others) network.slowDown(other, leader, lateMs);
  }

  private crash(): void {
    const leader = this.cluster.leader()?.id;
    const ids = [...this.cluster.servers.keys()];
    const id = leader && this.random.chance(0.5) ? leader : this.random.pick(ids);
    this.cluster.crash(id, this.random.chance(0.5));
    this.restartLater(id);
  }

  /** Waits for a moment that matters, a commit or a new term, and kills a server right then. */
  private ambush(): void {
    const isForTerm = this.random.chance(0.6);
    const victim = isForTerm ? this.randomLife() : this.cluster.leader();
    if (!victim) return;
    const { id, life } = victim;
    const seen = () => {
      const { term, commitIndex } = life.node.status();
      return isForTerm ? term : commitIndex;
    };
    const before = seen();
    this.cluster.trace(`ambush ${id} at its next ${isForTerm ? 'term' : 'commit'}`);
    const look = (looks: number): void => {
      if (!life.platform.alive || this.stopped || looks === 0) return;
      if (seen() === before) {
        this.cluster.loop.schedule(0.7, () => look(looks - 1));
        return;
      }
      this.cluster.crash(id, this.random.chance(0.5));
      this.cluster.loop.schedule(this.random.between(5, 150), () => this.cluster.start(id));
    };
    look(1500);
  }

  private figureEight(): void {
    playFigureEight(this.cluster);
  }

  private crashAll(): void {
    for (const id of this.cluster.servers.keys()) {
      this.cluster.crash(id, this.random.chance(0.5));
      this.restartLater(id);
    }
  }

  private restartLater(id: string): void {
    const waitMs = this.random.chance(0.5) ? this.random.between(5, 300) : 3000;
    this.cluster.loop.schedule(waitMs, () => this.cluster.start(id));
  }

  private pause(): void {
    const server = this.cluster.leader() ?? this.randomLife();
    const ms = this.random.between(100, 4000);
    this.cluster.trace(`pause ${server?.id} for ${ms.toFixed(0)} ms`);
    server?.life.platform.pause(ms);
  }

  private disk(): void {
    const server = this.random.pick([...this.cluster.servers.values()]);
    server.disk.settings.isFull = this.random.chance(0.4);
    server.disk.settings.slowestMs = this.random.chance(0.4) ? 3 : this.random.between(20, 800);
    server.disk.settings.crashRatio = this.random.chance(0.5) ? 0 : this.random.between(0, 0.03);
    this.cluster.trace(`disk of ${server.id}: ${JSON.stringify(server.disk.settings)}`);
  }

  private clock(): void {
    const life = this.randomLife()?.life;
    if (life) life.platform.wallOffsetMs = this.random.between(-3_600_000, 3_600_000);
  }

  private membership(): void {
    const leader = this.cluster.leader();
    if (!leader) return;
    // Several at once, of which a leader must take one at most.
    for (let burst = this.random.whole(1, 3); burst > 0; burst--) this.changeServers(leader.life);
  }

  private changeServers({ node }: SimLife): void {
    const { servers } = node.status();
    const ids = [...this.cluster.servers.keys()];
    const voters = servers.filter(({ suffrage }) => suffrage === 'voter');
    const id = this.random.pick(ids);
    const address = `${id}:8300`;
    const changes: ConfigurationChange[] = [
      { kind: 'add-voter', id, address },
      { kind: 'add-non-voter', id, address },
    ];
    if (voters.length > 2) changes.push({ kind: 'remove', id }, { kind: 'demote', id });
    const change = this.random.pick(changes);
    this.cluster.trace(`change ${JSON.stringify(change)}`);
    node.changeConfiguration(change).catch(() => {});
  }

  private transfer(): void {
    const leader = this.cluster.leader();
    const target = this.random.chance(0.5)
      ? undefined
      : this.random.pick([...this.cluster.servers.keys()]);
    this.cluster.trace(`transfer to ${target}`);
    leader?.life.node.transferLeadership(target).catch(() => {});
  }

  private snapshot(): void {
    this.randomLife()
      ?.life.node.snapshot()
      .catch(() => {});
  }

  private randomLife() {
    const { lives } = this.cluster;
    return lives.length > 0 ? this.random.pick(lives) : undefined;
  }
}
