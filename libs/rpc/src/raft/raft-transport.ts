import {
  assert,
  type Clock,
  type Component,
  type Logger,
  MeshError,
  type Metrics,
  type Timers,
} from '@mesh/base';
import {
  BULK_KINDS,
  type Message,
  type SnapshotOffer,
  type SnapshotOutcome,
  type Transport,
  type TransportHandler,
} from '@mesh/raft';
import type { TransportSink } from '../rpc-server.ts';
import type { IncomingStream } from '../stream/incoming-stream.ts';
import type { DialOptions } from '../stream/outgoing-stream.ts';
import { METADATA } from '../stream/protocol.ts';
import type { OutgoingTls } from '../stream/tls.ts';
import { decodeMessages } from './message-codec.ts';
import { Peer } from './peer.ts';
import { receiveSnapshot } from './snapshot-receiver.ts';
import { sendSnapshot } from './snapshot-sender.ts';
import { DEFAULT_LIMITS, type RaftTransportLimits } from './transport-limits.ts';

/** Servers that are answered without being peers, at most. */
const MAX_GUESTS = 16;

export interface RaftTransportOptions {
  /** This server's id: what is addressed to another is dropped. */
  readonly serverId: string;
  /** host:port of this server's RPC: where servers answer that do not know it as a peer yet. */
  readonly address?: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
  readonly tls?: OutgoingTls;
  /** Servers of other datacenters refuse the streams. */
  readonly datacenter?: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<RaftTransportLimits>;
}

/**
 * Carries Raft over gRPC: to each peer a stream for control and one for bulk, each on a connection
 * of its own and in one direction, and a stream for each snapshot. What peers send comes in through
 * an RpcServer whose `transportSink` this is.
 *
 * A peer is gone (`peerGone`) when its port refuses connections or its control stream breaks: at once
 * where its process died, and after 5 s without a word where its host vanished.
 */
export class RaftTransport implements Transport, TransportSink, Component {
  readonly name = 'raft-transport';
  private readonly options: RaftTransportOptions;
  private readonly limits: RaftTransportLimits;
  private readonly dial: DialOptions;
  private readonly peers = new Map<string, Peer>();
  /** Servers that talk to this one and are no peers of it: it may not know its cluster yet. */
  private readonly guests = new Map<string, Peer>();
  private readonly incoming = new Map<string, IncomingStream>();
  private readonly stopping = new AbortController();
  private incomingSnapshots = 0;
  private handler: TransportHandler | undefined;

  constructor(options: RaftTransportOptions) {
    this.options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { tls, datacenter, timers, address } = options;
    const { connectTimeoutMs } = this.limits;
    this.dial = { tls, datacenter, timers, address, connectTimeoutMs };
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const peer of [...this.peers.values(), ...this.guests.values()]) peer.close();
    this.peers.clear();
    this.guests.clear();
  }

  attach(handler: TransportHandler): void {
    assert(this.handler === undefined, 'a transport has one handler');
    this.handler = handler;
  }

  setPeers(addresses: ReadonlyMap<string, string>): void {
    if (this.stopping.signal.aborted) return;
    for (const [id, peer] of this.peers) {
      if (addresses.get(id) === peer.address) continue;
      this.peers.delete(id);
      peer.close();
      const stream = this.incoming.get(`control ${id}`);
      if (stream && !addresses.has(id)) this.welcome(id, stream.metadata(METADATA.address));
    }
    for (const [id, address] of addresses) {
      if (id === this.options.serverId || this.peers.has(id)) continue;
      this.dismiss(id);
      const peer = this.createPeer(id, address);
      this.peers.set(id, peer);
      peer.connect();
    }
  }

  send(message: Message): void {
    const peer = this.peers.get(message.to) ?? this.guests.get(message.to);
    if (!peer) this.options.metrics.count('raft.transport.dropped', 1, { reason: 'unknown-peer' });
    else peer.send(message, BULK_KINDS.has(message.kind) ? 'bulk' : 'control');
  }

  async sendSnapshot(
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<SnapshotOutcome> {
    const peer = this.peers.get(offer.to);
    if (!peer) throw new MeshError('unavailable', `no address of server ${offer.to} is known`);
    const either = AbortSignal.any([signal, this.stopping.signal]);
    return sendSnapshot(peer.address, this.dial, offer, chunks, either);
  }

  acceptMessages(path: 'control' | 'bulk', stream: IncomingStream): void {
    const from = stream.metadata(METADATA.from);
    const to = stream.metadata(METADATA.to);
    const { serverId } = this.options;
    if (to !== '' && to !== serverId) {
      // A server that lost its state has a new id at its old address.
      stream.refuse('mismatch', `server ${serverId} is here, not ${to}`);
      return;
    }
    const key = `${path} ${from}`;
    // A peer has one stream of each kind; an older one is of a former life of it.
    this.incoming.get(key)?.refuse('failed', 'replaced by a newer stream');
    this.incoming.set(key, stream);
    stream.onEnd(() => {
      if (this.incoming.get(key) !== stream) return;
      this.incoming.delete(key);
      if (path === 'control') this.dismiss(from);
    });
    if (path === 'control') this.welcome(from, stream.metadata(METADATA.address));
    stream.listen({
      frame: (bytes) => this.takeFrame(bytes, stream),
      writable: () => undefined,
      ended: () => undefined,
    });
    this.peers.get(from)?.wake();
  }

  acceptSnapshot(stream: IncomingStream): void {
    const { handler } = this;
    if (!handler || this.incomingSnapshots >= this.limits.maxIncomingSnapshots) {
      stream.refuse('too-many', 'too many snapshots come in at one time');
      return;
    }
    this.incomingSnapshots += 1;
    const { serverId, metrics } = this.options;
    void receiveSnapshot(stream, serverId, handler, metrics).finally(() => {
      this.incomingSnapshots -= 1;
    });
  }

  /** Answers to a server that is no peer go to the address that it names. */
  private welcome(id: string, address: string): void {
    const isKnown = this.peers.has(id) || this.guests.has(id);
    if (isKnown || this.guests.size >= MAX_GUESTS || this.stopping.signal.aborted) return;
    if (id === '' || !/^[^\s/]{1,255}:\d{1,5}$/.test(address)) return;
    const guest = this.createPeer(id, address);
    this.guests.set(id, guest);
    guest.connect();
  }

  private dismiss(id: string): void {
    this.guests.get(id)?.close();
    this.guests.delete(id);
  }

  private createPeer(id: string, address: string): Peer {
    const { serverId, logger, metrics, clock } = this.options;
    return new Peer(id, address, {
      serverId,
      dial: this.dial,
      limits: this.limits,
      logger,
      metrics,
      monotonicMs: () => clock.monotonicMs(),
      gone: () => this.handler?.peerGone(id),
    });
  }

  private takeFrame(bytes: Buffer, stream: IncomingStream): void {
    const { metrics, serverId } = this.options;
    let messages: readonly Message[];
    try {
      messages = decodeMessages(bytes);
    } catch (error) {
      metrics.count('rpc.malformed_frame');
      stream.refuse('malformed', MeshError.from(error).message);
      return;
    }
    for (const message of messages) {
      if (message.to === serverId) this.handler?.receive(message);
      else metrics.count('raft.transport.misaddressed');
    }
  }
}
