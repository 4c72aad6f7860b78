import type { PeerCertificate } from 'node:tls';
import { Metadata, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { HIGH_WATER_BYTES } from './protocol.ts';

/** What an accepted stream tells its owner. Nothing is called after `ended`, and `ended` once. */
export interface IncomingEvents {
  frame(bytes: Buffer): void;
  /** After `canWrite` was false: more may be written. */
  writable(): void;
  ended(): void;
}

/** Why this side ends a stream that it had accepted, or does not accept it. */
export type Refusal =
  | 'malformed'
  | 'too-many'
  | 'stopping'
  | 'mismatch'
  | 'unsupported'
  | 'forbidden'
  | 'failed';

const STATUS: Readonly<Record<Refusal, number>> = {
  malformed: status.INVALID_ARGUMENT,
  'too-many': status.RESOURCE_EXHAUSTED,
  stopping: status.UNAVAILABLE,
  mismatch: status.FAILED_PRECONDITION,
  unsupported: status.UNIMPLEMENTED,
  forbidden: status.PERMISSION_DENIED,
  failed: status.ABORTED,
};

/** Longest reason that goes back. */
const MAX_REASON_CHARS = 500;

/** A stream of byte frames that another agent opened. */
export class IncomingStream {
  /** host:port of the other end. */
  readonly remoteAddress: string;
  private readonly stream: ServerDuplexStream<Buffer, Buffer>;
  private unsentBytes = 0;
  private over = false;
  private events: IncomingEvents | undefined;
  private readonly endListeners: (() => void)[] = [];

  constructor(stream: ServerDuplexStream<Buffer, Buffer>) {
    this.stream = stream;
    this.remoteAddress = stream.getPeer();
    stream.on('error', () => this.finishOnce());
    stream.on('cancelled', () => this.finishOnce());
    stream.on('close', () => this.finishOnce());
  }

  /** True after the end, whichever side ended it. */
  get ended(): boolean {
    return this.over;
  }

  /** First value of a metadata key that the stream was opened with; "" when there is none. */
  metadata(name: string): string {
    const value = this.stream.metadata.get(name)[0];
    return typeof value === 'string' ? value : '';
  }

  /** The other end's certificate, of one of our authorities; undefined where it showed none. */
  certificate(): PeerCertificate | undefined {
    return this.stream.getAuthContext()?.sslPeerCertificate;
  }

  /** Calls `listener` at the end, however it comes. */
  onEnd(listener: () => void): void {
    this.endListeners.push(listener);
  }

  /** Tells the other end that its stream is accepted, and takes its frames as they come. */
  listen(events: IncomingEvents): void {
    this.events = events;
    this.stream.sendMetadata(new Metadata());
    this.stream.on('data', (frame: Buffer) => {
      if (!this.over) events.frame(frame);
    });
    // A side that has said its last word has no use for answers either.
    this.stream.on('end', () => {
      this.stream.end();
      this.finishOnce();
    });
  }

  /** Accepts the stream and gives its frames one at a time, no faster than they are taken. */
  frames(): AsyncIterable<Buffer> {
    this.stream.sendMetadata(new Metadata());
    return this.stream;
  }

  /** False while too much of what was written is still on its way. */
  get canWrite(): boolean {
    return !this.over && this.unsentBytes < HIGH_WATER_BYTES;
  }

  /** Sends a frame; the stream owns the bytes. */
  write(frame: Buffer): void {
    if (this.over) return;
    const bytes = frame.length;
    this.unsentBytes += bytes;
    this.stream.write(frame, () => {
      const wasFull = this.unsentBytes >= HIGH_WATER_BYTES;
      this.unsentBytes -= bytes;
      if (wasFull && this.canWrite) this.events?.writable();
    });
  }

  /** Ends the stream well, after what was written. */
  finish(): void {
    if (!this.over) this.stream.end();
  }

  /** Ends the stream, saying why. */
  refuse(reason: Refusal, message: string): void {
    if (this.over) return;
    // gRPC carries the text in a header: short, and whole characters only.
    const details = Buffer.from(message.slice(0, MAX_REASON_CHARS)).toString();
    this.stream.emit('error', { code: STATUS[reason], details });
    this.finishOnce();
  }

  private finishOnce(): void {
    if (this.over) return;
    this.over = true;
    this.events?.ended();
    for (const listener of this.endListeners) listener();
  }
}
