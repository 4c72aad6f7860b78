import { invalid, MeshError, utf8Bytes } from '@mesh/base';
import { formatAddress, type GossipAddress } from '../address.ts';
import type { SwimDelegate, SwimNode } from '../swim/types.ts';
import { decodeSerf, encodeSerf, SERF_TYPE } from '../wire/serf-codec.ts';
import type { RelayMessage, SerfMessage } from '../wire/serf-messages.ts';
import type { BroadcastKind } from './broadcasts.ts';
import { ConflictVote } from './conflict-vote.ts';
import { CONFLICT_QUERY } from './internal-names.ts';
import type { LeaveSequence } from './leave-sequence.ts';
import { candidate, factsOf } from './member-facts.ts';
import type { LeaveVerdict } from './roster.ts';
import type { SerfState } from './serf-state.ts';
import type { SerfOptions } from './types.ts';
import { encodeUserState, mergeUserState } from './user-state.ts';

/** Longest message of this layer that is looked at, bytes; honest ones have at most 9216. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** What SWIM tells this layer and asks of it. Nothing here throws, whatever a peer sends. */
export class SerfDelegate implements SwimDelegate {
  private readonly options: SerfOptions;
  private readonly state: SerfState;
  private readonly leaving: LeaveSequence;
  private isVoting = false;

  constructor(options: SerfOptions, state: SerfState, leaving: LeaveSequence) {
    this.options = options;
    this.state = state;
    this.leaving = leaving;
  }

  userMessage(body: Uint8Array, _from: GossipAddress, nowMs: number): void {
    const message = this.decode(body, MAX_MESSAGE_BYTES);
    if (!message) return;
    const kind = this.receive(message, nowMs);
    // A copy: what is queued must not keep the packet that it came in.
    if (!kind) return;
    const { share } = this.options;
    this.state.broadcasts.queue(kind, share ? share(body) : body.slice());
  }

  takeBroadcasts(overheadBytes: number, roomBytes: number): readonly Uint8Array[] {
    return this.state.broadcasts.take(overheadBytes, roomBytes);
  }

  hasBroadcasts(): boolean {
    return !this.state.broadcasts.isEmpty;
  }

  localState(_join: boolean): Uint8Array {
    const { clocks, table, userEvents } = this.state;
    return encodeUserState(clocks, table, userEvents);
  }

  mergeRemoteState(bytes: Uint8Array, join: boolean, nowMs: number): void {
    const state = this.decode(bytes, Number.POSITIVE_INFINITY);
    if (state?.kind !== 'pushPull') return;
    const { roster, clocks, userEvents, joins } = this.state;
    mergeUserState(state, join && joins.ignoresOld, {
      clocks,
      events: userEvents,
      intents: {
        leave: (name, time) => this.mergeLeave(name, time, nowMs),
        join: (name, time) => {
          roster.joinIntent(name, time, nowMs);
        },
      },
    });
  }

  /** Another member says that a third one left, at a time that is a guess. */
  private mergeLeave(name: string, lamportTime: number, nowMs: number): void {
    const verdict = this.state.roster.leaveIntent(name, lamportTime, false, nowMs);
    if (this.settle(verdict, nowMs)) this.state.tellLeaving(name);
  }

  ackPayload(): Uint8Array | undefined {
    return this.state.coordinates?.ackPayload();
  }

  pingCompleted(node: SwimNode, rttMs: number, payload: Uint8Array | undefined): void {
    // Only of members: what is kept is dropped with them.
    if (!payload || payload.length === 0 || !this.state.table.get(node.name)) return;
    this.state.coordinates?.observe(node.name, rttMs, payload);
  }

  nodeJoined(node: SwimNode, nowMs: number): void {
    this.state.roster.joined(factsOf(node), nowMs);
    this.state.tellLeaving(node.name);
  }

  nodeLeft(node: SwimNode, nowMs: number): void {
    this.state.roster.departed(node.name, nowMs);
  }

  nodeUpdated(node: SwimNode): void {
    this.state.roster.updated(factsOf(node));
  }

  nameConflict(existing: SwimNode, other: SwimNode, nowMs: number): void {
    const fields = {
      member: existing.name,
      known: formatAddress(existing),
      other: formatAddress(other),
    };
    this.options.metrics.count('serf.member.conflict');
    if (existing.name !== this.options.name) {
      this.options.logger.warn('serf: two members claim one name', fields);
      return;
    }
    this.options.logger.error('serf: another member has our name; names must be unique', fields);
    if (this.options.resolveConflicts) this.vote(other, nowMs);
  }

  vetoMerge(nodes: readonly SwimNode[]): string | undefined {
    return this.options.rules.vetoMerge(nodes.map(candidate));
  }

  vetoAlive(node: SwimNode): string | undefined {
    return this.options.rules.vetoAlive(candidate(node));
  }

  joinDone(swimId: number, error: string | undefined, nowMs: number): void {
    const request = this.state.joins.end(swimId);
    if (request?.id === undefined) return;
    if (error === undefined) this.announce(nowMs);
    this.state.outbox.add({ kind: 'join-done', id: request.id, error });
  }

  leaveSent(): void {
    this.leaving.swimLeft();
  }

  /** Tells everybody that this member is here, now: after a join, and when somebody says that it left. */
  private announce(nowMs: number): void {
    const lamportTime = this.state.clocks.member.time;
    this.state.roster.joinIntent(this.options.name, lamportTime, nowMs);
    const message = encodeSerf({ kind: 'join', lamportTime, node: this.options.name });
    this.state.broadcasts.queue('intent', message);
  }

  private decode(bytes: Uint8Array, maxBytes: number): SerfMessage | undefined {
    try {
      if (bytes.length > maxBytes) throw invalid(`message of ${bytes.length} bytes`);
      return decodeSerf(bytes);
    } catch (thrown) {
      this.options.metrics.count('serf.msgs.malformed');
      const reason = MeshError.from(thrown).message;
      this.options.logger.trace('serf: message makes no sense', { reason });
      return undefined;
    }
  }

  /** Acts on a message; the queue in which it is to be passed on, if it is. */
  private receive(message: SerfMessage, nowMs: number): BroadcastKind | undefined {
    const { roster, userEvents, queries } = this.state;
    switch (message.kind) {
      case 'leave': {
        const { node, lamportTime, prune } = message;
        const verdict = roster.leaveIntent(node, lamportTime, prune, nowMs);
        return this.settle(verdict, nowMs) ? 'intent' : undefined;
      }
      case 'join':
        return roster.joinIntent(message.node, message.lamportTime, nowMs) ? 'intent' : undefined;
      case 'userEvent':
        return userEvents.receive(message) ? 'event' : undefined;
      case 'query':
        return queries.receive(message, nowMs) ? 'query' : undefined;
      case 'queryResponse':
        queries.receiveResponse(message, nowMs);
        return undefined;
      case 'relay':
        this.forward(message, nowMs);
        return undefined;
      default:
        // The others are payloads of queries, or of push/pull.
        return undefined;
    }
  }

  /** Whether a leave intent is to be passed on; contradicts it where it is wrong. */
  private settle(verdict: LeaveVerdict, nowMs: number): boolean {
    if (verdict === 'refute') this.announce(nowMs);
    return verdict === 'accepted';
  }

  private forward({ host, port, body }: RelayMessage, nowMs: number): void {
    // A relay in a relay would let one datagram travel on and on.
    if (body.length > MAX_MESSAGE_BYTES || body[0] === SERF_TYPE.relay) return;
    this.state.sender.forward({ host, port }, body, nowMs);
  }

  /** Asks the others who has this name; one question at a time. */
  private vote(other: GossipAddress, nowMs: number): void {
    if (this.isVoting) return;
    this.isVoting = true;
    const vote = new ConflictVote(this.options.address);
    const params = { name: CONFLICT_QUERY, payload: utf8Bytes(this.options.name) };
    try {
      this.state.queries.ask(params, nowMs, {
        ack: () => {},
        response: (_from, payload) => vote.add(payload),
        done: () => this.count(vote, other),
      });
    } catch (thrown) {
      this.isVoting = false;
      const reason = MeshError.from(thrown).message;
      this.options.logger.warn('serf: name conflict cannot be resolved', { reason });
    }
  }

  private count(vote: ConflictVote, { host, port }: GossipAddress): void {
    this.isVoting = false;
    const { logger } = this.options;
    if (vote.isWon) {
      logger.info('serf: majority in name conflict resolution', { votes: vote.tally });
      return;
    }
    logger.warn('serf: minority in name conflict resolution, quitting', { votes: vote.tally });
    this.state.outbox.add({ kind: 'name-lost', other: { host, port } });
  }
}
