import type { GossipAddress } from '../address.ts';
import {
  type AckMessage,
  type NackMessage,
  NODE_STATE,
  type PingMessage,
} from '../wire/messages.ts';
import { isLive } from './node-table.ts';
import type { SwimParts } from './swim-parts.ts';
import type { StreamResult, SwimNode } from './types.ts';

/** From these versions of memberlist on peers answer pings on streams, and say when a ping they relay fails. */
const STREAM_PING_VERSION = 3;
const NACK_VERSION = 4;

/** A probe under way. */
interface Probe {
  readonly node: SwimNode;
  readonly seqNo: number;
  readonly startedMs: number;
  /** When others are asked. */
  readonly indirectAtMs: number;
  /** When it has failed. */
  readonly deadlineMs: number;
  isIndirect: boolean;
  nacksExpected: number;
  nacks: number;
  /** Of the ping on a stream. */
  streamId: number | undefined;
  streamAnswered: boolean;
}

export interface ProberParts extends SwimParts {
  nextSeqNo(): number;
  /** The member did not answer anybody. */
  suspect(node: SwimNode, nowMs: number): void;
}

/**
 * Failure detection: one member is probed at a time, directly, then through others and on a stream (SWIM 3.1;
 * gossip-wire.md 4.1). Intervals stretch while this member doubts itself.
 */
export class Prober {
  private readonly parts: ProberParts;
  private probe: Probe | undefined;
  private nextStartMs = Number.POSITIVE_INFINITY;
  /** Position in the probe list. */
  private position = 0;

  constructor(parts: ProberParts) {
    this.parts = parts;
  }

  start(nowMs: number): void {
    const { config, random } = this.parts.options;
    this.nextStartMs = nowMs + random.float() * config.probeIntervalMs;
  }

  nextDeadlineMs(): number {
    const { probe } = this;
    if (!probe) return this.nextStartMs;
    return probe.isIndirect ? probe.deadlineMs : Math.min(probe.indirectAtMs, probe.deadlineMs);
  }

  tick(nowMs: number): void {
    const { probe } = this;
    if (probe && nowMs >= probe.deadlineMs) this.fail(probe, nowMs);
    else if (probe && !probe.isIndirect && nowMs >= probe.indirectAtMs)
      this.askOthers(probe, nowMs);
    if (!this.probe && nowMs >= this.nextStartMs) {
      this.nextStartMs = nowMs + this.parts.options.config.probeIntervalMs;
      const node = this.nextNode(nowMs);
      if (node) this.begin(node, nowMs);
    }
  }

  /** True when the ack was of the probe. */
  ack({ seqNo, payload }: AckMessage, nowMs: number): boolean {
    const { probe } = this;
    if (probe?.seqNo !== seqNo) return false;
    this.probe = undefined;
    this.parts.awareness.apply(-1);
    const { delegate, metrics } = this.parts.options;
    const rttMs = nowMs - probe.startedMs;
    metrics.sample('memberlist.probeNode', rttMs);
    const node = this.parts.table.get(probe.node.name);
    if (!probe.isIndirect && node) delegate.pingCompleted(node, rttMs, payload, nowMs);
    return true;
  }

  nack({ seqNo }: NackMessage): void {
    if (this.probe?.seqNo === seqNo) this.probe.nacks++;
  }

  /** True when the stream was of the probe. */
  streamDone(id: number, result: StreamResult): boolean {
    const { probe } = this;
    if (probe?.streamId !== id) return false;
    probe.streamId = undefined;
    probe.streamAnswered =
      'reply' in result && result.reply?.kind === 'ack' && result.reply.seqNo === probe.seqNo;
    return true;
  }

  /** The next of the list that may be probed; at its end the list is renewed. */
  private nextNode(nowMs: number): SwimNode | undefined {
    const { table, options } = this.parts;
    for (let looked = 0; looked <= table.size; looked++) {
      if (this.position >= table.size) {
        this.renew(nowMs);
        this.position = 0;
      }
      const node = table.at(this.position++);
      if (node && node.name !== options.name && isLive(node.state)) return node;
    }
    return undefined;
  }

  private renew(nowMs: number): void {
    const { table, options } = this.parts;
    const { gossipToTheDeadMs, tombstoneTimeoutMs } = options.config;
    table.renew(({ name, state, stateChangedMs }) => {
      if (isLive(state) || name === options.name) return false;
      // Whoever was out of touch would bring back as alive who left; of the dead it finds that out by itself.
      const keepMs = state === NODE_STATE.left ? tombstoneTimeoutMs : gossipToTheDeadMs;
      return nowMs - stateChangedMs > keepMs;
    });
  }

  private begin(node: SwimNode, nowMs: number): void {
    const { awareness, options, sender } = this.parts;
    const { probeIntervalMs, probeTimeoutMs } = options.config;
    const probe: Probe = {
      ...{ node, seqNo: this.parts.nextSeqNo(), startedMs: nowMs },
      indirectAtMs: nowMs + probeTimeoutMs,
      deadlineMs: nowMs + awareness.scaled(probeIntervalMs),
      ...{ isIndirect: false, nacksExpected: 0, nacks: 0 },
      ...{ streamId: undefined, streamAnswered: false },
    };
    this.probe = probe;
    const ping = this.ping(probe);
    if (node.state === NODE_STATE.alive) {
      sender.withGossip(node, ping);
      return;
    }
    // A suspect hears of it at once, so that it can refute.
    const { name, incarnation } = node;
    const suspect = { kind: 'suspect', incarnation, node: name, from: options.name } as const;
    sender.toNode(node, [ping, suspect]);
  }

  private askOthers(probe: Probe, nowMs: number): void {
    const { table, options, sender } = this.parts;
    const { node, seqNo } = probe;
    probe.isIndirect = true;
    const helpers = table.pick(
      options.config.indirectChecks,
      ({ name, state }) =>
        state === NODE_STATE.alive && name !== options.name && name !== node.name,
    );
    for (const helper of helpers) {
      const nack = helper.versions[1] >= NACK_VERSION;
      if (nack) probe.nacksExpected++;
      sender.withGossip(helper, {
        ...{ kind: 'indirectPing', seqNo, node: node.name, nack },
        ...{ targetHost: node.host, targetPort: node.port },
        ...this.source(),
      });
    }
    const leftMs = probe.deadlineMs - nowMs;
    if (node.versions[1] >= STREAM_PING_VERSION && leftMs > 0) {
      probe.streamId = sender.stream(node, this.ping(probe), leftMs);
    }
  }

  private fail(probe: Probe, nowMs: number): void {
    this.probe = undefined;
    const { awareness, options } = this.parts;
    const { name } = probe.node;
    if (probe.streamAnswered) {
      options.logger.warn('memberlist: Was able to connect over TCP but UDP probes failed', {
        node: name,
      });
      return;
    }
    // Helpers that say nothing are a sign that it is this member that hears nothing.
    const missed = probe.nacksExpected - probe.nacks;
    awareness.apply(probe.nacksExpected > 0 ? Math.max(0, missed) : 1);
    options.metrics.gauge('memberlist.health.score', awareness.score);
    const node = this.parts.table.get(name);
    if (!node || !isLive(node.state)) return;
    options.logger.info('memberlist: Suspect a member, no acks received', { node: name });
    this.parts.suspect(node, nowMs);
  }

  private ping({ node, seqNo }: Probe): PingMessage {
    return { kind: 'ping', seqNo, node: node.name, ...this.source() };
  }

  private source() {
    const { name, address } = this.parts.options;
    return { sourceHost: address.host, sourcePort: address.port, sourceNode: name };
  }
}

/** Where the answer to a ping goes. */
export function answerAddress(
  message: { readonly sourceHost?: string; readonly sourcePort?: number },
  from: GossipAddress,
): GossipAddress {
  const { sourceHost, sourcePort } = message;
  return sourceHost && sourcePort ? { host: sourceHost, port: sourcePort } : from;
}
