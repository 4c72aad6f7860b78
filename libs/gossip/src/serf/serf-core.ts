import { invalid } from '@mesh/base';
import type { GossipAddress } from '../address.ts';
import { SwimCore } from '../swim/swim-core.ts';
import type { GossipOutput, StreamResult, Swim } from '../swim/types.ts';
import type { NetworkCoordinate } from '../vivaldi/types.ts';
import type { StreamMessage, Versions } from '../wire/messages.ts';
import { encodeSerf } from '../wire/serf-codec.ts';
import { encodeTags } from '../wire/tags.ts';
import { LeaveSequence } from './leave-sequence.ts';
import type { MemberFacts } from './roster.ts';
import { SerfDelegate } from './serf-delegate.ts';
import { SerfState } from './serf-state.ts';
import type {
  QueryParams,
  Serf,
  SerfClocks,
  SerfEvent,
  SerfMember,
  SerfOptions,
  SerfQueues,
} from './types.ts';
import { SERF_STATUS } from './types.ts';

/** Tags of a member, encoded; bytes. */
export const TAGS_BYTES = 512;
/** Serf protocols that can be spoken, and the range that is told. */
const PROTOCOLS = { min: 2, max: 5, default: 4 } as const;
/** Memberlist protocols likewise. */
const SWIM_PROTOCOLS = { min: 1, max: 5, current: 2 } as const;

/** Serf over one SwimCore: see Serf. */
export class SerfCore implements Serf {
  private readonly options: SerfOptions;
  private readonly state: SerfState;
  private readonly delegate: SerfDelegate;
  private readonly swim: Swim;
  private readonly leaving: LeaveSequence;
  private tags: Readonly<Record<string, string>>;

  /** Throws MeshError invalid-argument: too many tags, an unknown protocol. Does nothing before `start`. */
  constructor(options: SerfOptions) {
    this.options = options;
    this.tags = { ...options.tags };
    const meta = encodeOwnTags(this.tags);
    const [, , , min, max, current] = versionsOf(options);
    this.state = new SerfState(options, {
      swim: () => this.swim,
      local: () => this.local(),
      isLeaving: () => this.leaving.hasBegun,
      receiveOwn: (body, nowMs) => this.delegate.userMessage(body, options.address, nowMs),
    });
    this.leaving = new LeaveSequence(
      {
        announce: (nowMs, onSent) => this.announceLeave(nowMs, onSent),
        leaveSwim: (nowMs) => this.swim.leave(nowMs),
        finish: (nowMs) => this.finishLeave(nowMs),
        hasAudience: () => this.state.hasAudience(),
      },
      options.config,
    );
    this.delegate = new SerfDelegate(options, this.state, this.leaving);
    this.swim = new SwimCore({
      name: options.name,
      address: options.address,
      meta,
      delegateVersions: [min, max, current],
      config: options.config,
      random: options.random,
      logger: options.logger,
      metrics: options.metrics,
      delegate: this.delegate,
      packetOverheadBytes: options.packetOverheadBytes,
      share: options.share,
    });
  }

  start(nowMs: number): void {
    this.swim.start(nowMs);
    if (!this.state.table.get(this.options.name)) this.state.roster.joined(this.ownFacts(), nowMs);
    this.state.startTimers(nowMs);
  }

  tick(nowMs: number): void {
    this.swim.tick(nowMs);
    this.state.tick(nowMs);
    this.leaving.advance(nowMs);
  }

  nextDeadlineMs(): number {
    return Math.min(
      this.swim.nextDeadlineMs(),
      this.state.nextDeadlineMs(),
      this.leaving.nextDeadlineMs,
    );
  }

  receivePacket(bytes: Uint8Array, from: GossipAddress, nowMs: number): void {
    this.swim.receivePacket(bytes, from, nowMs);
    this.leaving.advance(nowMs);
  }

  receiveStream(
    message: StreamMessage,
    from: GossipAddress,
    nowMs: number,
  ): StreamMessage | undefined {
    const reply = this.swim.receiveStream(message, from, nowMs);
    this.leaving.advance(nowMs);
    return reply;
  }

  streamDone(id: number, result: StreamResult, nowMs: number): void {
    this.swim.streamDone(id, result, nowMs);
    this.leaving.advance(nowMs);
  }

  takeOutputs(): GossipOutput[] {
    return this.swim.takeOutputs();
  }

  takeEvents(): SerfEvent[] {
    return this.state.outbox.take();
  }

  join(to: GossipAddress, ignoreOld: boolean, nowMs: number): number {
    const id = this.state.joins.nextId();
    if (this.leaving.hasBegun) {
      this.state.outbox.add({ kind: 'join-done', id, error: 'this member leaves the pool' });
    } else {
      this.state.joins.begin(this.swim.join(to, nowMs), { id, ignoreOld });
    }
    return id;
  }

  leave(nowMs: number): void {
    this.leaving.begin(nowMs);
  }

  forceLeave(name: string, prune: boolean, nowMs: number): boolean {
    const { table, roster, clocks, broadcasts } = this.state;
    if (!table.get(name)) return false;
    const lamportTime = clocks.member.next();
    const verdict = roster.leaveIntent(name, lamportTime, prune, nowMs);
    if (verdict === 'accepted') {
      broadcasts.queue('intent', encodeSerf({ kind: 'leave', lamportTime, node: name, prune }));
    }
    return true;
  }

  setTags(tags: Readonly<Record<string, string>>, nowMs: number): void {
    const meta = encodeOwnTags(tags);
    this.tags = { ...tags };
    this.swim.updateMeta(meta, nowMs);
    this.state.roster.updated(this.ownFacts());
  }

  userEvent(name: string, payload: Uint8Array, coalesce: boolean, _nowMs: number): number {
    const { lamportTime, encoded } = this.state.userEvents.fire(name, payload, coalesce);
    this.state.broadcasts.queue('event', encoded);
    return lamportTime;
  }

  query(params: QueryParams, nowMs: number): { readonly id: number; readonly deadlineMs: number } {
    return this.state.queries.ask(params, nowMs);
  }

  respond(token: number, payload: Uint8Array, nowMs: number): void {
    this.state.queries.respond(token, payload, nowMs);
  }

  members(): readonly SerfMember[] {
    return this.state.table.list();
  }

  member(name: string): SerfMember | undefined {
    return this.state.table.get(name)?.member;
  }

  local(): SerfMember {
    const own = this.state.table.get(this.options.name)?.member;
    return own ?? { ...this.ownFacts(), status: SERF_STATUS.none };
  }

  clocks(): SerfClocks {
    const { member, event, query } = this.state.clocks;
    return { member: member.time, event: event.time, query: query.time };
  }

  queues(): SerfQueues {
    return this.state.broadcasts.depths();
  }

  get healthScore(): number {
    return this.swim.healthScore;
  }

  coordinate(): NetworkCoordinate | undefined {
    return this.state.coordinates?.own;
  }

  cachedCoordinate(name: string): NetworkCoordinate | undefined {
    const { coordinates } = this.state;
    return name === this.options.name ? coordinates?.own : coordinates?.of(name);
  }

  get coordinateResets(): number {
    return this.state.coordinates?.resets ?? 0;
  }

  private ownFacts(): MemberFacts {
    const { name, address } = this.options;
    return {
      name,
      host: address.host,
      port: address.port,
      tags: this.tags,
      versions: versionsOf(this.options),
    };
  }

  private announceLeave(nowMs: number, onSent: () => void): void {
    const { roster, clocks, broadcasts } = this.state;
    const { name } = this.options;
    const lamportTime = clocks.member.next();
    roster.leaveIntent(name, lamportTime, false, nowMs);
    const message = encodeSerf({ kind: 'leave', lamportTime, node: name, prune: false });
    broadcasts.queue('intent', message, onSent);
  }

  private finishLeave(nowMs: number): void {
    this.state.roster.departed(this.options.name, nowMs);
    this.state.outbox.add({ kind: 'leave-done' });
  }
}

function versionsOf({ protocol = PROTOCOLS.default }: SerfOptions): Versions {
  if (!Number.isInteger(protocol) || protocol < PROTOCOLS.min || protocol > PROTOCOLS.max) {
    throw invalid(`serf protocol is ${PROTOCOLS.min} to ${PROTOCOLS.max}, got ${String(protocol)}`);
  }
  const { min, max, current } = SWIM_PROTOCOLS;
  return [min, max, current, PROTOCOLS.min, PROTOCOLS.max, protocol];
}

function encodeOwnTags(tags: Readonly<Record<string, string>>): Uint8Array {
  const encoded = encodeTags(tags);
  if (encoded.length <= TAGS_BYTES) return encoded;
  throw invalid(`Encoded length of tags exceeds limit of ${TAGS_BYTES} bytes`);
}
