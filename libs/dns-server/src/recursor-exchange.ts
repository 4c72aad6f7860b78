/** One question to one recursor: over UDP, or over TCP. Rejects when there is no valid reply in time. */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { MeshError, type Platform } from '@mesh/base';
import { decodeReplyHead, type ReplyHead } from '@mesh/dns';
import { literalLookup } from './literal-lookup.ts';

/** A recursor's address. */
export interface RecursorAddress {
  readonly host: string;
  readonly port: number;
  readonly family: 4 | 6;
}

export interface Reply {
  readonly bytes: Uint8Array;
  readonly head: ReplyHead;
}

export interface ExchangeOptions {
  readonly recursor: RecursorAddress;
  /** A whole query; what answers it must have its id and its question. */
  readonly query: Uint8Array;
  readonly timeoutMs: number;
  readonly platform: Platform;
  readonly signal: AbortSignal;
}

/**
 * Asks over UDP. Each question has a socket of its own: its random port and the query's random id are what a
 * forger would have to guess (RFC 5452). Packets that do not fit are ignored, and waiting goes on.
 */
export function exchangeUdp(options: ExchangeOptions): Promise<Reply> {
  const { recursor, query, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: recursor.family === 6 ? 'udp6' : 'udp4',
      lookup: literalLookup,
    });
    const finish = whenOver(options, reject, () => socket.close());
    socket.on('error', (error) => finish(() => reject(failure(recursor, error))));
    socket.on('message', (bytes) => {
      const head = matchingHead(query, bytes);
      if (head) finish(() => resolve({ bytes, head }));
    });
    socket.connect(recursor.port, recursor.host, () => {
      if (!signal.aborted) socket.send(query);
    });
  });
}

/** Asks over TCP (RFC 7766): for replies that are too large for a datagram. */
export function exchangeTcp(options: ExchangeOptions): Promise<Reply> {
  const { recursor, query } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: recursor.host, port: recursor.port, noDelay: true });
    const finish = whenOver(options, reject, () => socket.destroy());
    let received: Buffer = Buffer.alloc(0);
    socket.on('error', (error) => finish(() => reject(failure(recursor, error))));
    socket.on('close', () => finish(() => reject(failure(recursor, 'connection closed'))));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const end = 2 + received.readUInt16BE(0);
      if (received.length < end) return;
      const bytes = received.subarray(2, end);
      const head = matchingHead(query, bytes);
      finish(() => (head ? resolve({ bytes, head }) : reject(failure(recursor, 'wrong reply'))));
    });
    const frame = Buffer.alloc(2 + query.length);
    frame.writeUInt16BE(query.length, 0);
    frame.set(query, 2);
    socket.write(frame);
  });
}

/** Ends an exchange once: by its outcome, by time, or by the signal. */
function whenOver(
  options: ExchangeOptions,
  reject: (error: Error) => void,
  close: () => void,
): (settle: () => void) => void {
  const { recursor, timeoutMs, platform, signal } = options;
  let isOver = false;
  const finish = (settle: () => void) => {
    if (isOver) return;
    isOver = true;
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
    close();
    settle();
  };
  const onAbort = () => finish(() => reject(failure(recursor, 'stopped')));
  const timer = platform.timers.after(timeoutMs, () =>
    finish(() => reject(failure(recursor, `no reply within ${timeoutMs} ms`))),
  );
  signal.addEventListener('abort', onAbort);
  return finish;
}

function matchingHead(query: Uint8Array, reply: Uint8Array): ReplyHead | undefined {
  const head = decodeReplyHead(reply);
  if (!head || reply[0] !== query[0] || reply[1] !== query[1]) return undefined;
  for (let at = 12; at < head.end; at++) {
    if (folded(reply[at]!) !== folded(query[at] ?? -1)) return undefined;
  }
  return head;
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

function failure(recursor: RecursorAddress, cause: unknown): MeshError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MeshError('unavailable', `recursor ${recursor.host}:${recursor.port}: ${why}`);
}
