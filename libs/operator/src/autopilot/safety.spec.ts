/** A cluster over time, its autopilot obeyed: what must hold whatever happens to its servers. */
import fc from 'fast-check';
import { assessCluster, type ClusterHealth, UNKNOWN_HEALTH } from './health.ts';
import { duePromotions } from './promotions.ts';
import { dueRemovals } from './removals.ts';
import type { AutopilotLimits, ClusterSample, MemberState } from './types.ts';

const ROUND_MS = 2000;
/** Rounds after which the pool notices that a server is dead. */
const DETECTION_ROUNDS = 2;
/** A server that answered the leader so recently lives, milliseconds. */
const LIVELY_MS = 4000;
/** Who is in Raft's configuration alone may be one that a new leader has not met yet. */
const STRANGER_MS = 60_000;
const LEADER = 's0';
const TERM = 3;
const LOG_INDEX = 1_000_000;

/** What happens to a server; some of it lasts for one round. */
const KINDS = ['crash', 'start', 'accuse', 'forget', 'lag', 'late', 'mute', 'old-term'] as const;
type Kind = (typeof KINDS)[number] | 'join' | 'join-non-voter';
interface Happening {
  readonly kind: Kind;
  /** Which server, modulo how many there are. */
  readonly who: number;
}

interface Simulated {
  readonly id: string;
  isVoter: boolean;
  inRaft: boolean;
  /** Since which round it does not run; undefined while it does. */
  deadSince: number | undefined;
  /** Undefined where the pool does not know it. */
  state: MemberState | undefined;
  readonly nonVoter: boolean;
  /** Of this round. */
  trouble: Kind | undefined;
  /** Last round in which it was not as a healthy server is, and last in which it was. */
  badRound: number;
  wellRound: number;
}

interface Removed {
  readonly voters: number;
  readonly ids: readonly string[];
  readonly round: number;
}

function quorumOf(voters: number): number {
  return (voters - (voters % 2)) / 2 + 1;
}

class SimulatedCluster {
  readonly servers: Simulated[] = [];
  readonly limits: AutopilotLimits;
  readonly promoted: { readonly server: Simulated; readonly round: number }[] = [];
  readonly removed: Removed[] = [];
  health: ClusterHealth = UNKNOWN_HEALTH;
  round = 0;

  constructor(voters: number, limits: AutopilotLimits) {
    this.limits = limits;
    for (let at = 0; at < voters; at++) this.add(false).isVoter = true;
  }

  get raft(): readonly Simulated[] {
    return this.servers.filter(({ inRaft }) => inRaft);
  }

  get voters(): readonly Simulated[] {
    return this.raft.filter(({ isVoter }) => isVoter);
  }

  get liveVoters(): number {
    return this.voters.filter(({ deadSince }) => deadSince === undefined).length;
  }

  /** One health round, with what happens before it; every fifth is followed by its consequences. */
  step(happenings: readonly Happening[]): void {
    this.round++;
    for (const server of this.servers) server.trouble = undefined;
    for (const happening of happenings) this.happen(happening);
    for (const server of this.servers) this.notice(server);
    const sample = this.sample();
    this.health = assessCluster(this.health, sample, this.limits);
    if (this.round % 5 === 0) this.tend(sample);
  }

  sample(): ClusterSample {
    const running = this.raft.filter(({ deadSince }) => deadSince === undefined);
    const telling = running.filter(({ trouble }) => trouble !== 'mute');
    return {
      servers: this.raft.map(({ id, isVoter }) => ({
        ...{ id, address: `${id}:8300` },
        suffrage: isVoter ? 'voter' : 'non-voter',
      })),
      leaderId: LEADER,
      lastLogIndex: LOG_INDEX,
      lastLogTerm: TERM,
      members: this.servers.flatMap(({ id, state, nonVoter }) =>
        state ? [{ id, name: id, version: '1.8.6', raftVersion: 3, state, nonVoter }] : [],
      ),
      stats: new Map(telling.map((server) => [server.id, this.statsOf(server)])),
      answeredMs: new Map(
        this.raft
          .filter(({ id }) => id !== LEADER)
          .map((server) => [server.id, this.answeredMs(server)]),
      ),
      nowMs: this.round * ROUND_MS,
      wallMs: 1_600_000_000_000 + this.round * ROUND_MS,
    };
  }

  private add(nonVoter: boolean): Simulated {
    const server: Simulated = {
      ...{ id: `s${this.servers.length}`, isVoter: false, inRaft: true, nonVoter },
      ...{ deadSince: undefined, state: 'alive' as const, trouble: undefined },
      ...{ badRound: this.round - 1, wellRound: this.round - 1 },
    };
    this.servers.push(server);
    return server;
  }

  private happen({ kind, who }: Happening): void {
    if (kind === 'join' || kind === 'join-non-voter') {
      if (this.servers.length < 12) this.add(kind === 'join-non-voter');
      return;
    }
    const server = this.servers[who % this.servers.length]!;
    if (kind === 'crash') {
      // Without a majority nobody leads, and there is no autopilot.
      const isNeeded = server.isVoter && this.liveVoters <= quorumOf(this.voters.length);
      if (!isNeeded && server.id !== LEADER) server.deadSince ??= this.round;
    } else if (kind === 'start') {
      server.deadSince = undefined;
      server.state = 'alive';
      if (!server.inRaft) Object.assign(server, { inRaft: true, isVoter: false });
    } else if (kind === 'accuse') server.state = 'failed';
    else if (kind === 'forget') server.state = undefined;
    else server.trouble = kind;
  }

  private notice(server: Simulated): void {
    const { deadSince, state, trouble } = server;
    if (
      deadSince !== undefined &&
      this.round - deadSince >= DETECTION_ROUNDS &&
      state === 'alive'
    ) {
      server.state = 'failed';
    }
    const isWell = deadSince === undefined && server.state === 'alive' && trouble === undefined;
    if (isWell) server.wellRound = this.round;
    else server.badRound = this.round;
  }

  private statsOf({ id, trouble }: Simulated) {
    return {
      lastLogTerm: trouble === 'old-term' ? TERM - 1 : TERM,
      lastLogIndex: LOG_INDEX - this.limits.maxTrailingLogs - (trouble === 'lag' ? 1 : 0),
      lastContactMs:
        id === LEADER ? 0 : this.limits.lastContactThresholdMs + (trouble === 'late' ? 1 : 0),
    };
  }

  private answeredMs({ deadSince }: Simulated): number {
    return deadSince === undefined ? 50 : (this.round - deadSince) * ROUND_MS + 50;
  }

  private tend(sample: ClusterSample): void {
    const [due] = duePromotions(this.health, this.limits, sample.nowMs);
    if (due) {
      const server = this.find(due.id);
      this.promoted.push({ server: { ...server }, round: this.round });
      server.isVoter = true;
      return;
    }
    const { failed, stale } = dueRemovals(this.health, sample, this.limits);
    const ids = [...failed, ...stale].map(({ id }) => id);
    if (ids.length === 0) return;
    const before = this.voters.length;
    const gone = ids.filter((id) => this.find(id).isVoter && this.find(id).inRaft);
    for (const id of ids) this.remove(this.find(id), sample);
    this.removed.push({ voters: before, ids: gone, round: this.round });
    this.checkQuorum(before, gone.length);
  }

  private remove(server: Simulated, sample: ClusterSample): void {
    expect(server.id).not.toBe(LEADER);
    expect(sample.answeredMs.get(server.id) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(LIVELY_MS);
    if (server.state === undefined) {
      const strangeMs = (this.round - server.wellRound - 1) * ROUND_MS;
      expect(strangeMs).toBeGreaterThanOrEqual(STRANGER_MS);
    } else expect(server.state).toBe('failed');
    server.inRaft = false;
    server.isVoter = false;
    server.state = undefined;
  }

  private checkQuorum(before: number, gone: number): void {
    if (gone === 0) return;
    const after = this.voters.length;
    expect(after).toBe(before - gone);
    expect(after).toBeGreaterThanOrEqual(this.limits.minQuorum);
    // Those that stay were a majority: whatever was committed, one of them has it.
    expect(after).toBeGreaterThanOrEqual(quorumOf(before));
    expect(this.liveVoters).toBeGreaterThanOrEqual(quorumOf(after));
  }

  private find(id: string): Simulated {
    return this.servers.find((server) => server.id === id)!;
  }
}

const limits: fc.Arbitrary<AutopilotLimits> = fc.record({
  cleanupDeadServers: fc.boolean(),
  lastContactThresholdMs: fc.constantFrom(1, 200, 5000),
  maxTrailingLogs: fc.constantFrom(0, 250),
  minQuorum: fc.nat({ max: 7 }),
  serverStabilizationMs: fc.constantFrom(0, 200, 4000, 10_000, 60_000),
});
const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom<Kind>(...KINDS, 'crash', 'start', 'join', 'join-non-voter'),
  who: fc.nat({ max: 11 }),
});
/** What happens in a round, and how many quiet ones follow. */
const scene = fc.record({
  happenings: fc.array(happening, { maxLength: 4 }),
  quietRounds: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 40 })),
});
const scenes = fc.array(scene, { minLength: 3, maxLength: 20 });
const story = fc.tuple(fc.integer({ min: 1, max: 7 }), limits, scenes);
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function tell([voters, limits, scenes]: Story): SimulatedCluster {
  const cluster = new SimulatedCluster(voters, limits);
  for (const { happenings, quietRounds } of scenes) {
    cluster.step(happenings);
    for (let round = 0; round < quietRounds; round++) cluster.step([]);
    expect(cluster.liveVoters).toBeGreaterThanOrEqual(quorumOf(cluster.voters.length));
  }
  return cluster;
}

describe('whatever happens', () => {
  it('a majority lives on, the leader stays, and who answers is not removed', () => {
    let removals = 0;
    fc.assert(
      fc.property(story, (told) => {
        const { removed, limits } = tell(told);
        removals += removed.length;
        if (!limits.cleanupDeadServers) expect(removed).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(removals).toBeGreaterThan(20);
  });

  it('a vote goes to who was well all the time, and wants one', () => {
    let promotions = 0;
    fc.assert(
      fc.property(story, (told) => {
        const { promoted, limits } = tell(told);
        promotions += promoted.length;
        for (const { server, round } of promoted) {
          expect(server).toMatchObject({ nonVoter: false, isVoter: false, inRaft: true });
          const wellMs = (round - server.badRound - 1) * ROUND_MS;
          expect(server.badRound).toBeLessThan(round);
          expect(wellMs).toBeGreaterThanOrEqual(limits.serverStabilizationMs);
        }
      }),
      { numRuns: 200 },
    );
    expect(promotions).toBeGreaterThan(100);
  });

  it('so many may fail as it says, and no more', () => {
    fc.assert(
      fc.property(story, (told) => {
        const cluster = tell(told);
        // A round without consequences: they are for the next to see.
        do cluster.step([]);
        while (cluster.round % 5 === 0);
        const { health, voters, round } = cluster;
        const well = voters.filter(({ badRound }) => badRound < round).length;
        const quorum = quorumOf(voters.length);
        expect(health.failureTolerance).toBe(Math.max(0, well - quorum));
      }),
    );
  });
});

describe('a server that flaps', () => {
  it.each(['lag', 'late', 'mute', 'old-term', 'accuse'] as const)(
    'gets no vote while it is not well every third round: %s',
    (kind) => {
      const cluster = new SimulatedCluster(3, {
        ...{ cleanupDeadServers: true, lastContactThresholdMs: 200, maxTrailingLogs: 250 },
        ...{ minQuorum: 0, serverStabilizationMs: 10_000 },
      });
      cluster.step([{ kind: 'join', who: 0 }]);
      const flapping = cluster.servers[3]!;
      for (let round = 0; round < 60; round++) {
        flapping.state = 'alive';
        cluster.step(round % 3 === 0 ? [{ kind, who: 3 }] : []);
      }
      expect(flapping).toMatchObject({ inRaft: true, isVoter: false });
      flapping.state = 'alive';
      for (let round = 0; round < 15; round++) cluster.step([]);
      expect(flapping.isVoter).toBe(true);
      expect(cluster.removed).toEqual([]);
    },
  );
});

describe('of many voters', () => {
  it.each([
    [3, 1, 0, 1],
    [5, 2, 0, 2],
    [5, 2, 4, 0],
    [5, 1, 4, 1],
    [7, 3, 0, 3],
    [4, 1, 3, 1],
    [4, 1, 4, 0],
  ])('%i, %i die, at least %i are to stay: %i go', (voters, dying, minQuorum, gone) => {
    const cluster = new SimulatedCluster(voters, {
      ...{ cleanupDeadServers: true, lastContactThresholdMs: 200, maxTrailingLogs: 250 },
      ...{ minQuorum, serverStabilizationMs: 10_000 },
    });
    const crashes = Array.from({ length: dying }, (_, at) => ({
      ...{ kind: 'crash' as const, who: at + 1 },
    }));
    cluster.step(crashes);
    for (let round = 0; round < 20; round++) cluster.step([]);
    expect(cluster.removed.flatMap(({ ids }) => ids)).toHaveLength(gone);
  });
});
