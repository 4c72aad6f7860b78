import type { GossipAddress } from '../address.ts';
import { NODE_STATE, type PushPullMessage, type PushPullNode } from '../wire/messages.ts';
import type { MemberRules } from './member-rules.ts';
import type { SwimParts } from './swim-parts.ts';
import type { StreamResult, SwimNode } from './types.ts';
import { versionConflict } from './version-check.ts';

/** Up to so many nodes the interval stays as it is; beyond it grows by their logarithm. */
const SCALE_THRESHOLD = 32;
/** Streams of this kind that run at once; of joins somebody waits for each. */
const MAX_EXCHANGES = 256;

export interface PushPullParts extends SwimParts {
  readonly rules: MemberRules;
}

/** Full exchanges of state with single members: repairs what gossip missed, and is how members join. */
export class PushPullSync {
  private readonly parts: PushPullParts;
  /** Streams under way: whether each is a join. */
  private readonly running = new Map<number, boolean>();
  private dueMs = Number.POSITIVE_INFINITY;

  constructor(parts: PushPullParts) {
    this.parts = parts;
  }

  start(nowMs: number): void {
    const { config, random } = this.parts.options;
    if (config.pushPullIntervalMs <= 0) return;
    this.dueMs = nowMs + random.float() * config.pushPullIntervalMs;
  }

  nextDeadlineMs(): number {
    return this.dueMs;
  }

  tick(nowMs: number): void {
    if (nowMs < this.dueMs) return;
    const { table, options } = this.parts;
    this.dueMs = nowMs + options.config.pushPullIntervalMs * pushPullScale(table.size);
    const [peer] = table.pick(
      1,
      ({ name, state }) => state === NODE_STATE.alive && name !== options.name,
    );
    if (peer && this.running.size < MAX_EXCHANGES) this.begin(peer, false);
  }

  /** Exchanges states with whoever listens there; joinDone tells the end. */
  join(to: GossipAddress): number {
    return this.begin(to, true);
  }

  /** Our state for one who asks; then theirs is taken in. */
  answer(message: PushPullMessage, nowMs: number): PushPullMessage {
    const reply = this.state(message.join);
    const refusal = this.merge(message, message.join, nowMs);
    if (refusal !== undefined) {
      this.parts.options.logger.error('memberlist: Failed push/pull merge', { reason: refusal });
    }
    return reply;
  }

  /** True when the stream was of an exchange. */
  streamDone(id: number, result: StreamResult, nowMs: number): boolean {
    const isJoin = this.running.get(id);
    if (isJoin === undefined) return false;
    this.running.delete(id);
    const failure = this.outcome(result, isJoin, nowMs);
    const { delegate, logger } = this.parts.options;
    if (isJoin) delegate.joinDone(id, failure, nowMs);
    else if (failure !== undefined) {
      logger.error('memberlist: Push/Pull with a member failed', { reason: failure });
    }
    return true;
  }

  private begin(to: GossipAddress, isJoin: boolean): number {
    const { sender, options } = this.parts;
    const id = sender.stream(to, this.state(isJoin), options.config.tcpTimeoutMs);
    this.running.set(id, isJoin);
    return id;
  }

  private outcome(result: StreamResult, isJoin: boolean, nowMs: number): string | undefined {
    if ('error' in result) return result.error;
    const { reply } = result;
    if (reply?.kind === 'error') return `remote error: ${reply.error}`;
    if (reply?.kind !== 'pushPull') return 'the other end gave no state';
    return this.merge(reply, isJoin, nowMs);
  }

  private state(join: boolean): PushPullMessage {
    const { table, options } = this.parts;
    const nodes = table.all().map(pushPullNode);
    return { kind: 'pushPull', join, nodes, userState: options.delegate.localState(join) };
  }

  /** Takes in the state of another member; why it was refused, if it was. */
  private merge(
    { nodes, userState }: PushPullMessage,
    join: boolean,
    nowMs: number,
  ): string | undefined {
    const { table, options } = this.parts;
    const conflict = versionConflict(table.all(), nodes);
    if (conflict !== undefined) return conflict;
    const refusal = join ? options.delegate.vetoMerge(nodes.map(swimNode(nowMs))) : undefined;
    if (refusal !== undefined) return refusal;
    for (const node of nodes) this.mergeNode(node, nowMs);
    if (userState.length > 0) options.delegate.mergeRemoteState(userState, join, nowMs);
    return undefined;
  }

  /** Nobody's word that a member is dead is taken: it is suspected, and can refute. */
  private mergeNode(node: PushPullNode, nowMs: number): void {
    const { rules, options } = this.parts;
    const { name, incarnation, host, port, meta, versions } = node;
    switch (node.state) {
      case NODE_STATE.alive:
        rules.alive({ kind: 'alive', incarnation, node: name, host, port, meta, versions }, nowMs);
        break;
      case NODE_STATE.left:
        rules.dead({ kind: 'dead', incarnation, node: name, from: name }, nowMs);
        break;
      default:
        rules.suspect({ kind: 'suspect', incarnation, node: name, from: options.name }, nowMs);
    }
  }
}

/** By how much the interval between exchanges grows with the pool. */
export function pushPullScale(nodeCount: number): number {
  if (nodeCount <= SCALE_THRESHOLD) return 1;
  return Math.ceil(Math.log2(nodeCount) - Math.log2(SCALE_THRESHOLD)) + 1;
}

function pushPullNode(node: SwimNode): PushPullNode {
  const { name, host, port, meta, versions, incarnation, state } = node;
  return { name, host, port, meta, versions, incarnation, state };
}

function swimNode(nowMs: number) {
  return (node: PushPullNode): SwimNode => ({
    ...node,
    versions: node.versions!,
    stateChangedMs: nowMs,
  });
}
