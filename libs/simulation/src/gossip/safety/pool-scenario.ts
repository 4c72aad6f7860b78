import { type GossipConfig, LAN_CONFIG } from '@mesh/gossip';
import { SeededRandom } from '../../world/seeded-random.ts';
import { PoolWorld } from '../world/pool-world.ts';
import { createSerfCore } from '../world/serf-cores.ts';
import { disagreement } from './agreement.ts';
import { ConstantChecks } from './constant-checks.ts';
import { type GossipFault, type GossipFaultMix, GossipFaults } from './faults.ts';
import { strangers } from './strangers.ts';
import { Truth } from './truth.ts';
import { Violation } from './violation.ts';

/** How a world went. */
export interface PoolResult {
  readonly seed: number;
  /** What was violated; undefined when nothing was. */
  readonly violation: string | undefined;
  readonly members: number;
  readonly faults: number;
  /** User events that were fired. */
  readonly userEvents: number;
  /** Things that happened in it. */
  readonly events: number;
  /** Virtual time that it took the healed pool to agree, milliseconds. */
  readonly agreedAfterMs: number;
}

export interface PoolScenarioOptions {
  /** Receives a line for each thing that happens. */
  readonly trace?: ((line: string) => void) | undefined;
  /** Nothing else befalls the pool, but for events, tags and the comings and goings of members. */
  readonly focus?: GossipFault | undefined;
}

/** Longest that a healed pool may take to agree, virtual milliseconds. */
const AGREE_MS = 300_000;
/** Looks at whether it does. */
const LOOK_MS = 2000;
/** What was still on its way may come to its end, and then nothing more may happen. */
const SETTLE_MS = 15_000;
const REST_MS = 20_000;
/** Entries of one world at most: beyond it members only keep each other busy. */
const MAX_EVENTS = 3_000_000;
/**
 * A probe, its ack, and with failures of the links the indirect ones: packets of a member in a probe interval. SWIM: a
 * load that does not depend on the number of members.
 */
const REST_PACKETS = 2.5;

/**
 * Plays one seed: a pool of random size under random faults (what must hold at each moment is looked at all the time),
 * then all faults end, and the pool must come to agree, and then to rest.
 */
export function runPoolScenario(seed: number, options: PoolScenarioOptions = {}): PoolResult {
  const { trace, focus } = options;
  const random = new SeededRandom(seed, 'pool');
  const world = createWorld(seed, random);
  const truth = new Truth(world);
  const checks = new ConstantChecks(world, truth);
  world.observers.push(truth, checks);
  if (trace) world.observers.push(tracer(world, trace));
  const faults = new GossipFaults({
    ...{ world, truth, trace },
    random: new SeededRandom(seed, 'faults'),
    mix: faultMix(random, focus),
    betweenMs: random.pick([500, 1500, 4000]),
  });
  let violation: string | undefined;
  let healedMs = 0;
  let agreedMs = 0;
  try {
    populate(world, random);
    faults.start();
    pass(world, random.between(15_000, 70_000));
    faults.heal();
    healedMs = world.nowMs;
    trace?.(`${(healedMs / 1000).toFixed(3)} all faults are over`);
    agree(world, truth, checks);
    agreedMs = world.nowMs;
    rest(world, truth, checks);
  } catch (thrown) {
    if (!(thrown instanceof Violation)) throw thrown;
    violation = `${thrown.message} (at ${(world.nowMs / 1000).toFixed(1)} s)`;
  }
  return {
    ...{ seed, violation, members: world.members.length, faults: faults.count },
    userEvents: truth.fired.size,
    events: world.agenda.count,
    agreedAfterMs: Math.max(0, agreedMs - healedMs),
  };
}

function createWorld(seed: number, random: SeededRandom): PoolWorld {
  const config: GossipConfig = {
    ...LAN_CONFIG,
    probeIntervalMs: random.pick([500, 1000]),
    probeTimeoutMs: random.pick([200, 400]),
    pushPullIntervalMs: random.pick([5000, 15_000]),
    reconnectIntervalMs: random.pick([5000, 15_000]),
    gossipToTheDeadMs: random.pick([5000, 15_000]),
    deadNodeReclaimMs: random.pick([0, 10_000]),
    leavePropagateMs: random.pick([1000, 3000]),
    compression: random.chance(0.1),
  };
  return new PoolWorld({
    ...{ seed, config, createCore: createSerfCore },
    geography: { spreadMs: random.pick([1, 30]), accessMs: random.pick([0.5, 10]) },
    weather: { lossRatio: random.pick([0, 0.01]) },
    clockSkewRatio: random.pick([0, 0.01]),
    rejoinMs: 2000,
  });
}

function faultMix(random: SeededRandom, focus: GossipFault | undefined): GossipFaultMix {
  const weight = () => (random.chance(0.3) ? 0 : random.float());
  const mix: GossipFaultMix = {
    ...{ crash: weight(), restart: weight(), leave: weight(), forceLeave: 0.3 * weight() },
    ...{ comeBack: weight(), newcomer: weight(), pause: weight(), partition: weight() },
    ...{ link: weight(), oneWay: weight(), lossy: weight(), storm: weight() },
    ...{ tags: 0.2 + weight(), userEvent: 0.2 + weight(), rejoin: 0.3 * weight() },
  };
  // Some worlds know no weather: nobody may be called failed there.
  const isCalm = focus === 'link' || (focus === undefined && random.chance(0.15));
  const none = { pause: 0, partition: 0, oneWay: 0, lossy: 0, storm: 0 };
  return { ...mix, ...(isCalm && none), ...(focus && { [focus]: 3 }) };
}

/** All members of the beginning join the first one. */
function populate(world: PoolWorld, random: SeededRandom): void {
  const count = random.pick([5, 6, 7, 8, 8, 10, 10, 12, 12, 16, 20, 30, 40]);
  const [first, ...others] = Array.from({ length: count }, () => world.add());
  for (const member of world.members) member.tags = { v: '0' };
  world.found(first!);
  for (const member of others) {
    world.start(member);
    world.agenda.after(random.between(0, 2000), () => world.join(member, first!));
  }
  pass(world, 8000);
}

function pass(world: PoolWorld, ms: number): void {
  world.run(ms, () => {
    if (world.agenda.count > MAX_EVENTS) throw new Violation('livelock: too many events');
    return false;
  });
}

function agree(world: PoolWorld, truth: Truth, checks: ConstantChecks): void {
  const endMs = world.nowMs + AGREE_MS;
  let wrong: string | undefined = '';
  while (world.nowMs < endMs) {
    for (const [member, other] of strangers(world)) world.join(member, other);
    pass(world, LOOK_MS);
    wrong = disagreement(world, truth, checks);
    if (wrong === undefined) return;
  }
  throw new Violation(`${AGREE_MS / 1000} s after all faults were over: ${wrong}`);
}

/** A pool that agrees says nothing but its probes, and nothing changes any more. */
function rest(world: PoolWorld, truth: Truth, checks: ConstantChecks): void {
  pass(world, SETTLE_MS);
  const { config } = world;
  const before = world.carrier.traffic.packets;
  pass(world, REST_MS);
  const wrong = disagreement(world, truth, checks);
  if (wrong !== undefined) throw new Violation(`after it had agreed: ${wrong}`);
  const intervals = (world.running.length * REST_MS) / config.probeIntervalMs;
  const packets = (world.carrier.traffic.packets - before) / intervals;
  if (packets <= REST_PACKETS) return;
  const told = `${packets.toFixed(1)} packets per member and probe interval`;
  throw new Violation(`a pool at rest sends ${told}, more than ${REST_PACKETS}`);
}

function tracer(world: PoolWorld, trace: (line: string) => void) {
  const tell = (line: string) => trace(`${(world.nowMs / 1000).toFixed(3)}   ${line}`);
  return {
    event: ({ name }: { name: string }, event: { kind: string; members?: readonly object[] }) => {
      const { kind, members, ...rest } = event;
      const told = members?.map((member) => (member as { name: string }).name).join(' ');
      tell(`${name}: ${kind} ${told ?? JSON.stringify({ ...rest, payload: undefined })}`);
    },
    accused: ({ name }: { name: string }, suspect: string) => tell(`${name} suspects ${suspect}`),
  };
}
