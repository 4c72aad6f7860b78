import type { ServerInfo } from '@mesh/raft';
import { checkKvHistory } from './check/kv-model.ts';
import { Clients } from './cluster/clients.ts';
import { SimCluster } from './cluster/cluster.ts';
import { type FaultMix, Nemesis } from './cluster/nemesis.ts';
import { SeededRandom } from './world/seeded-random.ts';

/** How a seed went. */
export interface ScenarioResult {
  readonly seed: number;
  /** What was violated; undefined when nothing was. */
  readonly violation: string | undefined;
  readonly events: number;
  readonly faults: number;
  readonly acknowledged: number;
  readonly reads: number;
  /** Keys whose history was too hard to check. */
  readonly undecided: number;
}

/** Events between two looks at all servers; what they apply and store is looked at as it happens. */
const LOOK_EVERY = 3;
/** How a seed is played; the options belong to the story as the seed does. */
export interface ScenarioOptions {
  /** Receives a line for each thing that happens. */
  readonly trace?: ((line: string) => void) | undefined;
  /** A fault that happens far more often than the others. */
  readonly focus?: keyof FaultMix | undefined;
}

/** Longest that a healed cluster may take to serve again, virtual milliseconds. */
const RECOVERY_MS = 15_000;
/** Events of one seed at most: beyond it servers only keep each other busy. */
const MAX_EVENTS = 600_000;

/**
 * Plays one seed: a cluster of random size under random faults while clients work (safety), then all
 * faults end and it must serve again with all servers equal (liveness).
 */
export async function runScenario(
  seed: number,
  { trace, focus }: ScenarioOptions = {},
): Promise<ScenarioResult> {
  const random = new SeededRandom(seed, 'scenario');
  const cluster = createCluster(seed, random, { trace, focus });
  const clients = new Clients(cluster, new SeededRandom(seed, 'clients'));
  const nemesis = createNemesis(cluster, seed, random, focus);
  const observe = () => {
    if (cluster.loop.count % LOOK_EVERY === 0) cluster.observe();
    if (cluster.loop.count > MAX_EVENTS) cluster.fail(new Error('livelock: too many events'));
    return cluster.failure !== undefined;
  };
  const { loop } = cluster;
  await loop.run(3000, observe);
  clients.start(random.whole(2, 8));
  nemesis.start();
  await loop.run(3000 + random.between(4000, 16_000), observe);
  nemesis.healAll();
  trace?.(`${loop.nowMs.toFixed(1)} all faults are over`);
  await loop.run(loop.nowMs + 3000, observe);
  clients.stop();
  if (!cluster.failure) await recover(cluster, clients, observe);
  const violations = cluster.failure ? [] : checkKvHistory(clients.history);
  const broken = violations.find(({ verdict }) => verdict.kind === 'violation');
  if (broken && trace) for (const line of broken.history) trace(JSON.stringify(line));
  return {
    seed,
    violation: cluster.failure?.message ?? (broken && describe(broken)),
    events: loop.count,
    faults: nemesis.count,
    acknowledged: clients.acknowledged,
    reads: clients.reads,
    undecided: violations.length - (broken ? 1 : 0),
  };
}

function describe({ key, verdict }: ReturnType<typeof checkKvHistory>[number]): string {
  const at = verdict.kind === 'violation' ? JSON.stringify(verdict.at) : '';
  return `linearizability: no order of the operations on ${key} explains ${at}`;
}

function createCluster(
  seed: number,
  random: SeededRandom,
  { trace, focus }: ScenarioOptions,
): SimCluster {
  const cluster = new SimCluster({
    seed,
    timing: {
      heartbeatTimeoutMs: 300,
      electionTimeoutMs: 300,
      leaderLeaseMs: 150,
      commitNoticeMs: 10,
    },
    clockSkewRatio: random.pick([0, 0.02, 0.1]),
    snapshotThreshold: random.pick([5, 20, 100]),
    trailingEntries: random.pick([0, 3, 20]),
    maxBatchEntries: random.pick([1, 2, 8]),
    hasCoarseTimeouts: random.chance(0.4),
    ...(trace && { trace }),
  });
  // Its part has five roles.
  const voters = focus === 'figureEight' ? 5 : random.pick([1, 3, 3, 5, 5]);
  const spares = random.pick([0, 0, 1, 2]);
  const ids = Array.from({ length: voters + spares }, (_, at) => `s${at}`);
  for (const id of ids) cluster.add(id);
  for (const id of ids) cluster.start(id);
  const servers: ServerInfo[] = ids
    .slice(0, voters)
    .map((id) => ({ id, address: `${id}:8300`, suffrage: 'voter' }));
  cluster.loop.schedule(50, () => cluster.bootstrap('s0', servers));
  Object.assign(cluster.network.settings, {
    lossRatio: random.pick([0, 0.01, 0.1]),
    duplicateRatio: random.pick([0, 0.02, 0.1]),
    delayMs: random.pick([2, 10, 40, 80]),
    stragglerRatio: random.pick([0, 0.02]),
    stragglerMs: 2000,
  });
  return cluster;
}

function createNemesis(
  cluster: SimCluster,
  seed: number,
  random: SeededRandom,
  focus: keyof FaultMix | undefined,
): Nemesis {
  const weight = () => (random.chance(0.3) ? 0 : random.float());
  const mix: FaultMix = {
    partition: 0.2 + weight(),
    link: weight(),
    ambush: 1.5 * weight(),
    figureEight: 0.4 * weight(),
    lateAnswers: 0.6 * weight(),
    crash: 0.2 + weight(),
    crashAll: 0.3 * weight(),
    pause: weight(),
    disk: weight(),
    clock: 0.2 * weight(),
    membership: weight(),
    transfer: 0.5 * weight(),
    snapshot: 0.5 * weight(),
  };
  // This one needs time to play out before the next fault.
  const paces = focus === 'lateAnswers' ? [1500] : [80, 250, 800, 2000];
  const betweenMs = random.pick(paces);
  const focused = focus && { ...mix, [focus]: 4 };
  return new Nemesis(cluster, new SeededRandom(seed, 'nemesis'), focused ?? mix, betweenMs);
}

/** A healed cluster elects a leader, serves every key, and all its members come to the same state. */
async function recover(
  cluster: SimCluster,
  clients: Clients,
  observe: () => boolean,
): Promise<void> {
  const { loop } = cluster;
  const endMs = loop.nowMs + RECOVERY_MS;
  let served = false;
  while (loop.nowMs < endMs && !cluster.failure) {
    const leader = cluster.lives.find(({ life }) => life.node.canReadNow());
    if (leader && clients.isIdle) {
      let done = false;
      clients.finalRound(leader.life).then((ok) => {
        served ||= ok;
        done = true;
      });
      await loop.run(loop.nowMs + 5000, () => observe() || done);
      if (served && (await converges(cluster, leader.life, observe))) return;
    }
    await loop.run(loop.nowMs + 200, observe);
  }
  for (const { id, life } of cluster.lives) {
    cluster.trace(`at the end ${id}: ${JSON.stringify({ ...life.node.status(), servers: '' })}`);
  }
  const what = served ? 'the servers do not come to the same state' : 'nobody serves';
  cluster.fail(new Error(`liveness: ${what} ${RECOVERY_MS} ms after all faults were over`));
}

async function converges(
  cluster: SimCluster,
  leader: SimCluster['lives'][number]['life'],
  observe: () => boolean,
): Promise<boolean> {
  await cluster.loop.run(cluster.loop.nowMs + 2000, observe);
  const members = new Set(leader.node.status().servers.map(({ id }) => id));
  const digest = leader.machine.digest();
  return cluster.lives
    .filter(({ id }) => members.has(id))
    .every(({ life }) => life.machine.digest() === digest);
}
