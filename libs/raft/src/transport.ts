import type { Message, SnapshotOffer, SnapshotOutcome } from './messages.ts';

/** What a transport delivers to. */
export interface TransportHandler {
  receive(message: Message): void;
  /** Takes a snapshot; rejects when it could not. The stream ends early with an error when the sender goes. */
  receiveSnapshot(
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<SnapshotOutcome>;
  /**
   * The process behind a peer's address is certainly gone (connection refused or reset), as opposed
   * to silent. A hint: elections need not wait for a whole timeout.
   */
  peerGone(id: string): void;
}

/**
 * Carries messages between servers. Messages may be lost, duplicated, delayed and reordered; they
 * are never altered. Sending never blocks: what a slow or absent peer cannot take is dropped, the
 * queue to each peer being bounded.
 */
export interface Transport {
  /** Sets who takes what arrives. Called once, before anything else. */
  attach(handler: TransportHandler): void;
  /** Where peers are: id to host:port. Connections to servers no longer named are closed. */
  setPeers(addresses: ReadonlyMap<string, string>): void;
  send(message: Message): void;
  /** Streams a snapshot; resolves with the follower's word. Rejects when the connection breaks or `signal` aborts. */
  sendSnapshot(
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<SnapshotOutcome>;
}
