import {
  type AliveMessage,
  type DeadMessage,
  NODE_STATE,
  type PacketMessage,
  type SuspectMessage,
  type Versions,
} from '../wire/messages.ts';
import { encodePacketMessage } from '../wire/packet-message.ts';
import { isLive, MAX_KNOWN_NODES } from './node-table.ts';
import { suspicionTimes } from './suspicion.ts';
import { Suspicions } from './suspicions.ts';
import type { SwimParts } from './swim-parts.ts';
import type { SwimNode } from './types.ts';

/** Largest incarnation on the wire. */
const MAX_INCARNATION = 0xffff_ffff;
/** Memberlist protocols spoken: from, to, current. */
const PROTOCOLS = [1, 5, 2] as const;

type Alive = AliveMessage & { readonly versions: Versions };

/**
 * What messages about members do to what is known of them (SWIM 4.2; gossip-wire.md 4.4). A member's incarnation,
 * which it alone raises, decides which of two messages is newer.
 */
export class MemberRules {
  readonly suspicions = new Suspicions();
  private readonly parts: SwimParts;
  private own: SwimNode;
  private leaving = false;

  constructor(parts: SwimParts) {
    const { name, address, meta, delegateVersions } = parts.options;
    this.parts = parts;
    this.own = {
      ...{ name, host: address.host, port: address.port, meta },
      versions: [...PROTOCOLS, ...delegateVersions],
      incarnation: 0,
      state: NODE_STATE.dead,
      stateChangedMs: 0,
    };
  }

  get incarnation(): number {
    return this.own.incarnation;
  }

  get isLeaving(): boolean {
    return this.leaving;
  }

  /** This member becomes alive, in its first incarnation. */
  appear(nowMs: number): void {
    this.announce(1, nowMs);
    const { delegate } = this.parts.options;
    delegate.nodeJoined(this.own, nowMs);
  }

  /** This member has other meta from now on. */
  updateMeta(meta: Uint8Array, nowMs: number): void {
    this.own = { ...this.own, meta };
    this.announce(Math.min(MAX_INCARNATION, this.incarnation + 1), nowMs);
    this.parts.options.delegate.nodeUpdated(this.own, nowMs);
  }

  /** This member says that it leaves. `onSent` is called when enough others were told. */
  leave(onSent: () => void, nowMs: number): void {
    this.leaving = true;
    const { name } = this.own;
    const farewell = {
      kind: 'dead',
      incarnation: this.incarnation,
      node: name,
      from: name,
    } as const;
    this.own = { ...this.own, state: NODE_STATE.left, stateChangedMs: nowMs };
    this.parts.table.put(this.own);
    this.broadcast(name, farewell, onSent);
    this.parts.options.delegate.nodeLeft(this.own, nowMs);
  }

  alive(message: AliveMessage, nowMs: number): void {
    if (message.node === this.own.name) {
      this.aliveSelf(message, nowMs);
      return;
    }
    if (!isSound(message)) return;
    const known = this.parts.table.get(message.node);
    // Most of what is heard is known already, and no rule makes anything of it.
    if (known && isOld(message, known)) return;
    const claimed = nodeOf(message, nowMs);
    const veto = this.parts.options.delegate.vetoAlive(claimed);
    if (veto !== undefined) {
      const { logger } = this.parts.options;
      logger.warn('memberlist: ignoring an alive message', { node: message.node, reason: veto });
      return;
    }
    if (!known) this.newcomer(message, claimed, nowMs);
    else this.again(message, claimed, known, nowMs);
  }

  suspect(message: SuspectMessage, nowMs: number): void {
    const { table, options } = this.parts;
    const known = table.get(message.node);
    if (!known || message.incarnation < known.incarnation) return;
    const running = this.suspicions.get(message.node);
    if (running) {
      if (this.suspicions.confirm(running, message.from)) this.broadcast(message.node, message);
      return;
    }
    if (known.state !== NODE_STATE.alive) return;
    if (message.node === this.own.name) {
      const { from } = message;
      options.logger.warn('memberlist: Refuting a suspect message', { from });
      this.refute(message.incarnation, nowMs);
      return;
    }
    this.broadcast(message.node, message);
    options.metrics.count('memberlist.msg.suspect');
    this.change(known, NODE_STATE.suspect, message.incarnation, nowMs);
    this.suspicions.start(message, suspicionTimes(options.config, table.size), nowMs);
  }

  dead(message: DeadMessage, nowMs: number): void {
    const { table, options } = this.parts;
    const known = table.get(message.node);
    if (!known || message.incarnation < known.incarnation) return;
    this.suspicions.cancel(message.node);
    if (!isLive(known.state)) return;
    if (message.node === this.own.name) {
      // While leaving our own message stands already.
      options.logger.warn('memberlist: Refuting a dead message', { from: message.from });
      this.refute(message.incarnation, nowMs);
      return;
    }
    this.broadcast(message.node, message);
    options.metrics.count('memberlist.msg.dead');
    const state = message.from === message.node ? NODE_STATE.left : NODE_STATE.dead;
    options.delegate.nodeLeft(this.change(known, state, message.incarnation, nowMs), nowMs);
  }

  /** Declares those dead who did not refute in time. */
  tick(nowMs: number): void {
    for (const { node, incarnation } of this.suspicions.takeDue(nowMs)) {
      const known = this.parts.table.get(node);
      if (known?.state !== NODE_STATE.suspect) continue;
      const { logger, name } = this.parts.options;
      logger.info('memberlist: Marking as failed, suspect timeout reached', { node });
      this.dead({ kind: 'dead', incarnation, node, from: name }, nowMs);
    }
  }

  /** A message about this member, from another one's memory or from an impostor. */
  private aliveSelf(message: AliveMessage, nowMs: number): void {
    if (this.leaving || !message.versions || message.incarnation < this.incarnation) return;
    const { own } = this;
    const { delegate, logger } = this.parts.options;
    if (message.host !== own.host || message.port !== own.port) {
      delegate.nameConflict(own, nodeOf(message as Alive, nowMs), nowMs);
      return;
    }
    const isSame =
      message.incarnation === own.incarnation &&
      sameBytes(message.meta, own.meta) &&
      sameBytes(message.versions, own.versions);
    if (isSame) return;
    logger.warn('memberlist: Refuting an alive message');
    this.refute(message.incarnation, nowMs);
  }

  private newcomer(message: Alive, claimed: SwimNode, nowMs: number): void {
    const { table, options } = this.parts;
    // What is not known counts as dead in incarnation 0.
    if (message.incarnation === 0) return;
    if (table.size >= MAX_KNOWN_NODES) {
      options.logger.error('memberlist: too many members, refusing one', { node: message.node });
      return;
    }
    table.put(claimed);
    this.broadcast(message.node, message);
    options.metrics.count('memberlist.msg.alive');
    options.delegate.nodeJoined(claimed, nowMs);
  }

  private again(message: Alive, claimed: SwimNode, known: SwimNode, nowMs: number): void {
    const { table, options } = this.parts;
    const hasMoved = message.host !== known.host || message.port !== known.port;
    if (hasMoved && !this.mayMove(known, nowMs)) {
      options.logger.error('memberlist: Conflicting address for a member', {
        ...{ node: message.node, mine: `${known.host}:${known.port}` },
        theirs: `${message.host}:${message.port}`,
      });
      options.delegate.nameConflict(known, claimed, nowMs);
      return;
    }
    this.suspicions.cancel(message.node);
    const isBack = !isLive(known.state);
    const stateChangedMs = known.state === NODE_STATE.alive ? known.stateChangedMs : nowMs;
    const next = { ...claimed, stateChangedMs };
    table.put(next);
    this.broadcast(message.node, message);
    options.metrics.count('memberlist.msg.alive');
    if (isBack) options.delegate.nodeJoined(next, nowMs);
    else if (!sameBytes(known.meta, next.meta) || !sameBytes(known.versions, next.versions)) {
      options.delegate.nodeUpdated(next, nowMs);
    }
  }

  /** Whether another address may take a member's name. */
  private mayMove(known: SwimNode, nowMs: number): boolean {
    const { deadNodeReclaimMs } = this.parts.options.config;
    if (known.state === NODE_STATE.left) return true;
    if (known.state !== NODE_STATE.dead || deadNodeReclaimMs <= 0) return false;
    return nowMs - known.stateChangedMs > deadNodeReclaimMs;
  }

  /** Says in a newer incarnation that this member is alive. */
  private refute(accusedIncarnation: number, nowMs: number): void {
    if (this.leaving) return;
    const next = Math.max(this.incarnation, accusedIncarnation) + 1;
    if (next > MAX_INCARNATION) {
      this.parts.options.logger.error('memberlist: cannot refute, the incarnations are used up');
      return;
    }
    this.parts.awareness.apply(1);
    this.announce(next, nowMs);
  }

  private announce(incarnation: number, nowMs: number): void {
    const stateChangedMs = this.own.state === NODE_STATE.alive ? this.own.stateChangedMs : nowMs;
    this.own = { ...this.own, incarnation, state: NODE_STATE.alive, stateChangedMs };
    this.parts.table.put(this.own);
    const { name: node, host, port, meta, versions } = this.own;
    this.broadcast(node, { kind: 'alive', incarnation, node, host, port, meta, versions });
  }

  private change(
    known: SwimNode,
    state: SwimNode['state'],
    incarnation: number,
    nowMs: number,
  ): SwimNode {
    const next = { ...known, state, incarnation, stateChangedMs: nowMs };
    this.parts.table.put(next);
    return next;
  }

  private broadcast(node: string, message: PacketMessage, onSent?: () => void): void {
    const { share } = this.parts.options;
    const bytes = encodePacketMessage(message);
    this.parts.broadcasts.queue(share ? share(bytes) : bytes, node, onSent);
  }
}

/** Whether a message names a member with an address and versions that make sense. */
function isSound(message: AliveMessage): message is Alive {
  const { node, host, port, versions } = message;
  if (node === '' || host === '' || port === 0 || !versions) return false;
  const [min, max] = versions;
  return min > 0 && max > 0 && min <= max;
}

function isOld({ incarnation, host, port }: Alive, known: SwimNode): boolean {
  return incarnation <= known.incarnation && host === known.host && port === known.port;
}

function nodeOf(message: Alive, nowMs: number): SwimNode {
  const { node: name, host, port, meta, versions, incarnation } = message;
  return {
    ...{ name, host, port, meta, versions, incarnation },
    ...{ state: NODE_STATE.alive, stateChangedMs: nowMs },
  };
}

function sameBytes(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
