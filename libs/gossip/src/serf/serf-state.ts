import type { GossipAddress } from '../address.ts';
import type { Swim } from '../swim/types.ts';
import { encodeSerf } from '../wire/serf-codec.ts';
import { Broadcasts } from './broadcasts.ts';
import { CoordinateKeeper } from './coordinate-keeper.ts';
import { DirectSender } from './direct-sender.ts';
import { EventOutbox } from './event-outbox.ts';
import { Housekeeping } from './housekeeping.ts';
import { IntentBuffer } from './intent-buffer.ts';
import { internalAnswers } from './internal-answer.ts';
import { JoinRequests } from './join-requests.ts';
import { LamportClock } from './lamport-clock.ts';
import { MemberTable } from './member-table.ts';
import { QueryExchange } from './query-exchange.ts';
import { chooseReconnect } from './reconnect.ts';
import { Roster } from './roster.ts';
import type { SerfMember, SerfOptions } from './types.ts';
import { SERF_STATUS } from './types.ts';
import { UserEvents } from './user-events.ts';
import type { Clocks } from './user-state.ts';

/** Room that packets need besides a message: compound, checksum, message type. */
const PACKET_FRAME_BYTES = 16;
/** Depth of a queue that is worth a warning. */
const DEEP_QUEUE = 128;

/** What the parts need of the whole. */
export interface SerfPorts {
  readonly swim: () => Swim;
  readonly local: () => SerfMember;
  /** Whether this member has begun to leave. */
  readonly isLeaving: () => boolean;
  /** A message of ours whose destination is this member. */
  readonly receiveOwn: (body: Uint8Array, nowMs: number) => void;
}

/** The parts of this layer, put together, and its chores. */
export class SerfState {
  readonly outbox: EventOutbox;
  readonly clocks: Clocks;
  readonly table = new MemberTable();
  readonly intents: IntentBuffer;
  readonly roster: Roster;
  readonly broadcasts: Broadcasts;
  readonly userEvents: UserEvents;
  readonly sender: DirectSender;
  readonly queries: QueryExchange;
  readonly joins = new JoinRequests();
  /** undefined where coordinates are off. */
  readonly coordinates: CoordinateKeeper | undefined;
  private readonly options: SerfOptions;
  private readonly ports: SerfPorts;
  private readonly housekeeping: Housekeeping;
  /** Members that were leaving when it was last looked after them. */
  private leavingBefore: ReadonlySet<string> = new Set();

  constructor(options: SerfOptions, ports: SerfPorts) {
    this.options = options;
    this.ports = ports;
    this.outbox = new EventOutbox(options.logger, options.metrics);
    this.clocks = {
      member: new LamportClock(),
      event: new LamportClock(),
      query: new LamportClock(),
    };
    this.intents = new IntentBuffer(() => this.table.size);
    this.coordinates = options.coordinates === false ? undefined : new CoordinateKeeper(options);
    this.roster = this.makeRoster();
    this.broadcasts = new Broadcasts({
      retransmitMult: options.config.retransmitMult,
      nodeCount: () => ports.swim().nodeCount,
      maxDepth: options.config.maxQueueDepth,
      maxBytes: () =>
        options.config.packetBytes - PACKET_FRAME_BYTES - (options.packetOverheadBytes?.() ?? 0),
    });
    this.userEvents = new UserEvents({
      clock: this.clocks.event,
      emit: (event) => this.outbox.add(event),
    });
    this.sender = new DirectSender({
      ownName: options.name,
      members: () => this.table.list(),
      send: (to, body, nowMs) => this.sendDirect(to, body, nowMs),
      random: () => options.random.float(),
    });
    this.queries = this.makeQueries();
    this.housekeeping = new Housekeeping(options.config, {
      reap: (nowMs) => this.reap(nowMs),
      reconnect: (nowMs) => this.reconnect(nowMs),
      checkQueues: () => this.checkQueues(),
    });
    this.remember();
  }

  startTimers(nowMs: number): void {
    this.housekeeping.start(nowMs);
  }

  tick(nowMs: number): void {
    this.housekeeping.tick(nowMs);
    this.roster.finishPruning(nowMs);
    this.queries.tick(nowMs);
  }

  nextDeadlineMs(): number {
    return Math.min(
      this.housekeeping.nextDeadlineMs(),
      this.roster.nextPruningMs(),
      this.queries.nextDeadlineMs(),
    );
  }

  /** Whether any other member is there to hear this one. */
  hasAudience(): boolean {
    const alive = this.table.count(SERF_STATUS.alive);
    return alive > (this.ports.local().status === SERF_STATUS.alive ? 1 : 0);
  }

  /**
   * A member that is there, but said to leave: it may have come back since, and must hear of it then, or nobody would
   * ever contradict.
   */
  tellLeaving(name: string): void {
    const record = this.table.get(name);
    if (record?.member.status !== SERF_STATUS.leaving || name === this.options.name) return;
    const { statusTime: lamportTime } = record;
    const message = { kind: 'leave', lamportTime, node: name, prune: false } as const;
    this.broadcasts.queue('intent', encodeSerf(message));
  }

  /** What was seen before a restart is not to be told again. */
  private remember(): void {
    const { memory } = this.options;
    if (!memory) return;
    this.clocks.member.witness(memory.clock);
    this.clocks.event.witness(memory.eventClock);
    this.clocks.query.witness(memory.queryClock);
    this.userEvents.ignoreBefore(memory.eventClock + 1);
    this.queries.ignoreBefore(memory.queryClock + 1);
  }

  private makeRoster(): Roster {
    const { name, config } = this.options;
    return new Roster({
      ownName: name,
      table: this.table,
      intents: this.intents,
      clock: this.clocks.member,
      isLeaving: this.ports.isLeaving,
      emit: (event) => this.outbox.add(event),
      onFlap: () => this.options.metrics.count('serf.member.flap'),
      onErase: (erased) => this.coordinates?.forget(erased),
      pruneDelayMs: config.broadcastTimeoutMs + config.leavePropagateMs,
      keepMs: { failed: config.reconnectTimeoutMs, left: config.tombstoneTimeoutMs },
    });
  }

  private makeQueries(): QueryExchange {
    const { name, address, config, keys, random } = this.options;
    return new QueryExchange({
      ownName: name,
      ownAddress: address,
      gossipIntervalMs: config.gossipIntervalMs,
      aliveCount: () => this.ports.swim().aliveCount,
      local: this.ports.local,
      clock: this.clocks.query,
      sender: this.sender,
      broadcast: (encoded) => this.broadcasts.queue('query', encoded),
      emit: (event) => this.outbox.add(event),
      answerInternal: internalAnswers({
        ownName: name,
        member: (subject) => this.table.get(subject)?.member,
        keys,
      }),
      random: () => random.float(),
    });
  }

  private sendDirect(to: GossipAddress, body: Uint8Array, nowMs: number): void {
    const { host, port } = this.options.address;
    if (to.host === host && to.port === port) this.ports.receiveOwn(body, nowMs);
    else this.ports.swim().sendUser(to, body);
  }

  private reap(nowMs: number): void {
    this.roster.reap(nowMs);
    this.intents.expire(nowMs, this.options.config.recentIntentMs);
    this.queries.sweep(nowMs);
    this.doubtLeaves();
  }

  /** A leave takes seconds. Who is still there at the second look has come back, and nobody told us. */
  private doubtLeaves(): void {
    const leaving = new Set<string>();
    if (this.table.count(SERF_STATUS.leaving) > 0) {
      for (const { member } of this.table.all()) {
        if (member.status === SERF_STATUS.leaving) leaving.add(member.name);
      }
    }
    for (const name of leaving) if (this.leavingBefore.has(name)) this.tellLeaving(name);
    this.leavingBefore = leaving;
  }

  private reconnect(nowMs: number): void {
    if (this.ports.isLeaving()) return;
    const failed = this.table
      .gone()
      .filter(({ member }) => member.status === SERF_STATUS.failed)
      .map(({ member }) => member);
    const alive = this.table.size - this.table.gone().length;
    const index = chooseReconnect({ failed: failed.length, alive }, () =>
      this.options.random.float(),
    );
    const chosen = index === undefined ? undefined : failed[index];
    if (!chosen) return;
    const { name, host, port } = chosen;
    this.options.logger.info('serf: attempting reconnect', { member: name });
    const swimId = this.ports.swim().join({ host, port }, nowMs);
    this.joins.begin(swimId, { id: undefined, ignoreOld: false });
  }

  private checkQueues(): void {
    const { logger, metrics } = this.options;
    for (const [queue, depth] of Object.entries(this.broadcasts.depths())) {
      metrics.sample(`serf.queue.${queue}`, depth);
      if (depth >= DEEP_QUEUE) logger.warn('serf: queue depth', { queue, depth });
    }
    this.broadcasts.prune();
  }
}
