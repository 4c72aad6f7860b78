import { MIB } from '@mesh/base';

/** Receive buffer asked of the system for datagrams. */
export const RECEIVE_BUFFER_BYTES = 2 * MIB;

/** Datagrams handed to the system and not yet sent; more are dropped, as UDP may. */
export const MAX_PENDING_SENDS = 1024;

/** Datagrams of one address in a second. A member of a pool of thousands sends a hundredth of it. */
export const MAX_SOURCE_DATAGRAMS = 5000;

/** Datagrams of all in a second. */
export const MAX_DATAGRAMS = 20_000;

/** Datagrams received and not yet decrypted. */
export const MAX_RAW_DATAGRAMS = 2048;

/** Bytes of those. */
export const MAX_RAW_BYTES = 8 * MIB;

/** Messages that wait in each queue (HandoffQueueDepth of memberlist). */
export const HANDOFF_QUEUE_DEPTH = 1024;

/** Work on datagrams in one turn of the event loop, milliseconds. */
export const TURN_BUDGET_MS = 4;

/** Length that an encrypted stream may claim. */
export const MAX_SEALED_STREAM_BYTES = 20 * MIB;

/** Connections from others, all together. */
export const MAX_CONNECTIONS = 1024;

/** Connections from one address. */
export const MAX_CONNECTIONS_PER_ADDRESS = 160;

/** Streams that may carry states, in progress at once. */
export const MAX_PUSH_PULLS = 128;

/** Bytes of requests that are not complete yet, of all connections. */
export const MAX_BUFFERED_BYTES = 128 * MIB;

/** Exchanges that we began and that are not over. */
export const MAX_EXCHANGES = 256;

/** Deadline of a connection, milliseconds (TCPTimeout of memberlist). */
export const STREAM_TIMEOUT_MS = 10_000;

/** Wait for the other end to close after our last byte, milliseconds. */
export const LINGER_MS = 1000;
