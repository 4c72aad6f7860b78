import { MeshError } from '@mesh/base';
import type { GossipAddress } from '../address.ts';
import { NODE_STATE, type PacketMessage, type StreamMessage } from '../wire/messages.ts';
import { unpackPacket } from '../wire/packet.ts';
import { decodePacketMessage } from '../wire/packet-message.ts';
import { Awareness } from './awareness.ts';
import { BroadcastQueue } from './broadcast-queue.ts';
import { GossipRounds } from './gossip-rounds.ts';
import { MemberRules } from './member-rules.ts';
import { NodeTable } from './node-table.ts';
import { answerAddress, Prober } from './prober.ts';
import { PushPullSync } from './push-pull-sync.ts';
import { Relays } from './relays.ts';
import { Sender } from './sender.ts';
import type { SwimParts } from './swim-parts.ts';
import type { GossipOutput, StreamResult, Swim, SwimNode, SwimOptions } from './types.ts';

/** Sequence numbers of pings on the wire. */
const MAX_SEQ_NO = 0xffff_ffff;

/** Membership and failure detection: see Swim. */
export class SwimCore implements Swim {
  private readonly options: SwimOptions;
  private readonly parts: SwimParts;
  private readonly rules: MemberRules;
  private readonly prober: Prober;
  private readonly relays: Relays;
  private readonly rounds: GossipRounds;
  private readonly sync: PushPullSync;
  private seqNo = 0;
  private hasStarted = false;
  /** Time of the call under way: a transmission within it is told with this time. */
  private latestMs = 0;

  constructor(options: SwimOptions) {
    this.options = options;
    const table = new NodeTable(() => options.random.float());
    const { retransmitMult, awarenessMaxMultiplier } = options.config;
    const broadcasts = new BroadcastQueue({ retransmitMult, nodeCount: () => table.size });
    this.parts = {
      options,
      table,
      broadcasts,
      awareness: new Awareness(awarenessMaxMultiplier),
      sender: new Sender(options, broadcasts),
    };
    const numbered = { ...this.parts, nextSeqNo: () => this.nextSeqNo() };
    this.rules = new MemberRules(this.parts);
    this.prober = new Prober({ ...numbered, suspect: (node, nowMs) => this.accuse(node, nowMs) });
    this.relays = new Relays(numbered);
    this.rounds = new GossipRounds(this.parts);
    this.sync = new PushPullSync({ ...this.parts, rules: this.rules });
  }

  start(nowMs: number): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    this.rules.appear(nowMs);
    this.prober.start(nowMs);
    this.rounds.start(nowMs);
    this.sync.start(nowMs);
  }

  tick(nowMs: number): void {
    this.latestMs = nowMs;
    this.rules.tick(nowMs);
    this.relays.tick(nowMs);
    this.prober.tick(nowMs);
    this.sync.tick(nowMs);
    this.rounds.tick(nowMs);
  }

  nextDeadlineMs(): number {
    return Math.min(
      this.rules.suspicions.nextDeadlineMs(),
      this.relays.nextDeadlineMs(),
      this.prober.nextDeadlineMs(),
      this.sync.nextDeadlineMs(),
      this.rounds.nextDeadlineMs(),
    );
  }

  receivePacket(bytes: Uint8Array, from: GossipAddress, nowMs: number): void {
    this.latestMs = nowMs;
    try {
      for (const part of unpackPacket(bytes)) this.receive(decodePacketMessage(part), from, nowMs);
    } catch (thrown) {
      if (!(thrown instanceof MeshError)) throw thrown;
      const { logger, metrics } = this.options;
      metrics.count('memberlist.packet.malformed');
      logger.debug('memberlist: malformed packet', { from: from.host, reason: thrown.message });
    }
  }

  receiveStream(
    message: StreamMessage,
    from: GossipAddress,
    nowMs: number,
  ): StreamMessage | undefined {
    switch (message.kind) {
      case 'ping':
        if (!this.isMeant(message.node)) return undefined;
        return { kind: 'ack', seqNo: message.seqNo, payload: undefined };
      case 'pushPull':
        return this.sync.answer(message, nowMs);
      case 'user':
        this.options.delegate.userMessage(message.body, from, nowMs);
        return undefined;
      case 'ack':
      case 'error':
        return undefined;
    }
  }

  streamDone(id: number, result: StreamResult, nowMs: number): void {
    if (!this.sync.streamDone(id, result, nowMs)) this.prober.streamDone(id, result);
  }

  takeOutputs(): GossipOutput[] {
    return this.parts.sender.take();
  }

  join(to: GossipAddress, _nowMs: number): number {
    return this.sync.join(to);
  }

  leave(nowMs: number): void {
    if (this.rules.isLeaving) return;
    const { delegate, name } = this.options;
    const hasAudience = this.parts.table
      .all()
      .some((node) => node.state === NODE_STATE.alive && node.name !== name);
    const onSent = () => delegate.leaveSent(this.latestMs);
    this.latestMs = nowMs;
    this.rules.leave(hasAudience ? onSent : () => {}, nowMs);
    if (!hasAudience) delegate.leaveSent(nowMs);
  }

  updateMeta(meta: Uint8Array, nowMs: number): void {
    this.rules.updateMeta(meta, nowMs);
  }

  sendUser(to: GossipAddress, body: Uint8Array): void {
    this.parts.sender.bare(to, { kind: 'user', body });
  }

  nodes(): readonly SwimNode[] {
    return this.parts.table.all();
  }

  node(name: string): SwimNode | undefined {
    return this.parts.table.get(name);
  }

  get nodeCount(): number {
    return this.parts.table.size;
  }

  get aliveCount(): number {
    return this.parts.table.aliveCount;
  }

  get healthScore(): number {
    return this.parts.awareness.score;
  }

  get incarnation(): number {
    return this.rules.incarnation;
  }

  private receive(message: PacketMessage, from: GossipAddress, nowMs: number): void {
    switch (message.kind) {
      case 'ping': {
        if (!this.isMeant(message.node)) return;
        const payload = this.options.delegate.ackPayload();
        const ack = { kind: 'ack', seqNo: message.seqNo, payload } as const;
        this.parts.sender.withGossip(answerAddress(message, from), ack);
        return;
      }
      case 'indirectPing':
        this.relays.begin(message, from, nowMs);
        return;
      case 'ack':
        if (!this.prober.ack(message, nowMs)) this.relays.ack(message.seqNo);
        return;
      case 'nack':
        this.prober.nack(message);
        return;
      case 'alive':
        this.rules.alive(message, nowMs);
        return;
      case 'suspect':
        this.rules.suspect(message, nowMs);
        return;
      case 'dead':
        this.rules.dead(message, nowMs);
        return;
      case 'user':
        this.options.delegate.userMessage(message.body, from, nowMs);
    }
  }

  /** A ping for another name is for one who was here before. */
  private isMeant(node: string): boolean {
    if (node === '' || node === this.options.name) return true;
    this.options.logger.debug('memberlist: Got ping for unexpected node', { node });
    return false;
  }

  private accuse({ name, incarnation }: SwimNode, nowMs: number): void {
    const from = this.options.name;
    this.rules.suspect({ kind: 'suspect', incarnation, node: name, from }, nowMs);
  }

  private nextSeqNo(): number {
    this.seqNo = this.seqNo === MAX_SEQ_NO ? 1 : this.seqNo + 1;
    return this.seqNo;
  }
}
