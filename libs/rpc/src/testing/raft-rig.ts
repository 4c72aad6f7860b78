import { silentLogger } from '@mesh/base';
import type { Message, SnapshotOffer, SnapshotOutcome, TransportHandler } from '@mesh/raft';
import { RaftTransport, type RaftTransportOptions, type RpcServer } from '../index.ts';
import { address, CountingMetrics, RpcRig, realTime } from './rpc-rig.ts';

/** One end of the transport: what came in, and who is gone. */
export class RaftEnd implements TransportHandler {
  readonly id: string;
  readonly metrics = new CountingMetrics();
  readonly transport: RaftTransport;
  readonly received: Message[] = [];
  readonly gone: { id: string; atMs: number }[] = [];
  server!: RpcServer;
  onMessage: (message: Message) => void = (message) => void this.received.push(message);
  onSnapshot: (
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
  ) => Promise<SnapshotOutcome> = async () => ({ term: 1, installed: false });

  constructor(id: string, more: Partial<RaftTransportOptions> = {}) {
    this.id = id;
    this.transport = new RaftTransport({
      serverId: id,
      ...realTime,
      logger: silentLogger,
      metrics: this.metrics,
      ...more,
    });
    this.transport.attach(this);
  }

  get address(): string {
    return address(this.server);
  }

  receive(message: Message): void {
    this.onMessage(message);
  }

  receiveSnapshot(
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<SnapshotOutcome> {
    return this.onSnapshot(offer, chunks);
  }

  peerGone(id: string): void {
    this.gone.push({ id, atMs: performance.now() });
  }
}

/** Ends that know each other's addresses. */
export class RaftRig extends RpcRig {
  readonly ends: RaftEnd[] = [];

  async end(id: string, more: Partial<RaftTransportOptions> = {}, port = 0): Promise<RaftEnd> {
    const end = new RaftEnd(id, more);
    await this.serve(end, port);
    this.keep(end.transport);
    this.ends.push(end);
    return end;
  }

  async serve(end: RaftEnd, port: number): Promise<void> {
    end.server = await this.server(async () => null, {
      transportSink: end.transport,
      port,
      metrics: end.metrics,
    });
  }

  connect(): void {
    const addresses = new Map(this.ends.map((end) => [end.id, end.address]));
    for (const end of this.ends) end.transport.setPeers(addresses);
  }
}

export function heartbeat(from: string, to: string, roundMs: number): Message {
  return { kind: 'heartbeat', term: 1, from, to, roundMs, commitIndex: 0 };
}

export function append(from: string, to: string, prevIndex: number, data: Uint8Array[]): Message {
  return {
    kind: 'append',
    term: 1,
    from,
    to,
    prevIndex,
    prevTerm: 1,
    commitIndex: prevIndex,
    entries: data.map((bytes, at) => ({
      index: prevIndex + 1 + at,
      term: 1,
      kind: 'command',
      data: bytes,
    })),
  };
}
