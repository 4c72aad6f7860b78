import type { GossipAddress } from './address.ts';
import type { StreamMessage } from './wire/messages.ts';

/** What arrives from other members. Neither method ever throws: whatever is wrong is counted and dropped. */
export interface GossipReceiver {
  /** A datagram, decrypted: it begins with a message type byte. The bytes are the receiver's to keep. */
  packet(bytes: Uint8Array, from: GossipAddress): void;
  /** A request on a stream, decoded. Returns the reply; undefined closes without one. */
  stream(message: StreamMessage, from: GossipAddress): StreamMessage | undefined;
}

/** Carries packets and streams between members; encrypts where there is a keyring. */
export interface GossipTransport {
  /** Listens. Rejects with MeshError when the port cannot be had. */
  start(receiver: GossipReceiver): Promise<void>;
  /** Closes all; datagrams already handed to the system are still sent. */
  stop(): Promise<void>;
  /** Sends a datagram, or drops it: nothing is known of its fate. */
  sendPacket(to: GossipAddress, bytes: Uint8Array): void;
  /**
   * Opens a connection, sends the message and, where `reply` is set, waits for the answer. Rejects with
   * MeshError: `unavailable` (no connection, closed, timeout), `invalid-argument` (an answer that makes no
   * sense, or an error message of the other end).
   */
  exchange(
    to: GossipAddress,
    message: StreamMessage,
    options: { readonly timeoutMs: number; readonly reply: boolean },
  ): Promise<StreamMessage | undefined>;
  /** Bytes that encryption adds to each datagram; 0 without. */
  packetOverheadBytes(): number;
}
