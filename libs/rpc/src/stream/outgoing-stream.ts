import { Client, type ClientDuplexStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Timer, Timers } from '@mesh/base';
import {
  HIGH_WATER_BYTES,
  identity,
  MAX_FRAME_BYTES,
  METADATA,
  PROTOCOL_VERSION,
} from './protocol.ts';
import { type StreamEnd, streamEnd } from './stream-end.ts';
import { channelCredentials, type OutgoingTls } from './tls.ts';
import { WatchedCredentials } from './watched-credentials.ts';

/** How streams to other agents are opened. */
export interface DialOptions {
  /** Without it, plain. */
  readonly tls?: OutgoingTls;
  /** Sent along: a server of another datacenter refuses the stream. */
  readonly datacenter?: string;
  /** host:port at which this agent itself is called. */
  readonly address?: string;
  readonly timers: Timers;
  /** Longest time to an accepted stream, milliseconds. */
  readonly connectTimeoutMs: number;
}

/** Ids of the servers at the ends of a stream of Raft. */
export interface StreamEnds {
  readonly from: string;
  /** Without it, whoever is at the address is meant. */
  readonly to?: string;
}

/** What a stream tells its owner. Nothing is called after `ended`, and `ended` once. */
export interface OutgoingEvents {
  /** The other end accepted the stream: what is written from now on may arrive. */
  opened(): void;
  frame(bytes: Buffer): void;
  /** After `canWrite` was false: more may be written. */
  writable(): void;
  ended(end: StreamEnd): void;
}

/** One stream of byte frames to another agent, on a TCP connection of its own. */
export class OutgoingStream {
  private readonly credentials: WatchedCredentials;
  private readonly client: Client;
  private readonly stream: ClientDuplexStream<Buffer, Buffer>;
  private readonly events: OutgoingEvents;
  private readonly connectTimer: Timer;
  private opened = false;
  private ended = false;
  private unsentBytes = 0;

  constructor(
    address: string,
    method: string,
    dial: DialOptions,
    events: OutgoingEvents,
    ends?: StreamEnds,
  ) {
    this.events = events;
    this.credentials = new WatchedCredentials(channelCredentials(dial.tls));
    this.client = new Client(address, this.credentials, channelOptions(dial.tls?.nameOf(address)));
    this.stream = this.client.makeBidiStreamRequest(
      method,
      identity,
      identity,
      handshake(dial, ends),
    );
    this.connectTimer = dial.timers.after(dial.connectTimeoutMs, () => {
      this.end({
        kind: 'unreachable',
        message: `no connection to ${address} within ${dial.connectTimeoutMs}ms`,
      });
    });
    this.listen();
  }

  /** False before the stream is open and while too much of what was written is still on its way. */
  get canWrite(): boolean {
    return this.opened && !this.ended && this.unsentBytes < HIGH_WATER_BYTES;
  }

  /** Sends a frame; the stream owns the bytes. */
  write(frame: Buffer): void {
    if (this.ended) return;
    const bytes = frame.length;
    this.unsentBytes += bytes;
    this.stream.write(frame, () => {
      const wasFull = this.unsentBytes >= HIGH_WATER_BYTES;
      this.unsentBytes -= bytes;
      if (wasFull && this.canWrite) this.events.writable();
    });
  }

  /** No more frames from this side; the other end may still send. */
  finish(): void {
    if (!this.ended) this.stream.end();
  }

  close(): void {
    this.end({ kind: 'closed', message: 'closed by this side' });
  }

  private listen(): void {
    this.stream.on('metadata', () => {
      if (this.ended || this.opened) return;
      this.opened = true;
      this.connectTimer.cancel();
      this.events.opened();
    });
    this.stream.on('data', (frame: Buffer) => {
      if (!this.ended) this.events.frame(frame);
    });
    this.stream.on('error', (error: ServiceError) => {
      this.end(streamEnd(error.code, error.details ?? error.message, this.opened));
    });
    this.stream.on('status', ({ code, details }: { code: number; details: string }) => {
      this.end(streamEnd(code, details === 'OK' ? '' : details, this.opened));
    });
  }

  private end(end: StreamEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.connectTimer.cancel();
    this.stream.cancel();
    this.client.close();
    // A turn for the cancellation to go out; an end that does not read must not keep the connection.
    setImmediate(() => this.credentials.abandon());
    this.events.ended(end);
  }
}

function handshake(dial: DialOptions, ends: StreamEnds | undefined): Metadata {
  const metadata = new Metadata();
  metadata.set(METADATA.protocol, String(PROTOCOL_VERSION));
  if (dial.datacenter !== undefined) metadata.set(METADATA.datacenter, dial.datacenter);
  if (ends) {
    metadata.set(METADATA.from, ends.from);
    if (ends.to !== undefined) metadata.set(METADATA.to, ends.to);
  }
  if (dial.address !== undefined) metadata.set(METADATA.address, dial.address);
  return metadata;
}

function channelOptions(tlsName: string | undefined) {
  return {
    // One TCP connection a stream: what one carries never waits for another.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_channelz': 0,
    // Retries are the owner's, who knows what may be sent twice. The retry buffer would also tell
    // writers that their bytes are gone before they are.
    'grpc.enable_retries': 0,
    'grpc.per_rpc_retry_buffer_size': 0,
    'grpc.retry_buffer_size': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.max_receive_message_length': MAX_FRAME_BYTES,
    'grpc.max_send_message_length': MAX_FRAME_BYTES,
    'grpc-node.flow_control_window': HIGH_WATER_BYTES,
    // A host that vanished, or whose process is frozen, says nothing: what waits for it fails after
    // 5 s at most, and the next call goes elsewhere. The answer to a ping needs no turn of our code.
    'grpc.keepalive_time_ms': 2000,
    'grpc.keepalive_timeout_ms': 3000,
    'grpc.client_idle_timeout_ms': 24 * 3600 * 1000,
    // Agents are dialled by IP address, which may not stand where TLS names the server.
    ...(tlsName !== undefined && { 'grpc.ssl_target_name_override': tlsName }),
  };
}
