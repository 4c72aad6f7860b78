import { setMaxListeners } from 'node:events';
import { type ErrorCode, MeshError, type Timer } from '@mesh/base';
import { type Backoff, LASTING_MS } from '../stream/backoff.ts';
import { type FrameItem, FrameQueue } from '../stream/frame-queue.ts';
import {
  type DialOptions,
  type OutgoingEvents,
  OutgoingStream,
} from '../stream/outgoing-stream.ts';
import { METHODS } from '../stream/protocol.ts';
import type { StreamEnd } from '../stream/stream-end.ts';
import type { CallSettings } from '../types.ts';
import { decodeAnswers, encodeCall, encodeCancel, MAX_TIMEOUT_MS } from './call-codec.ts';
import { decodeBody, MAX_ANSWER_VALUES } from './plain-data.ts';

/** Bounds on what waits for one address. */
export interface ChannelLimits {
  /** Calls without an answer. @default 16384 */
  readonly maxPendingCalls: number;
  /** Bytes of calls that are not on their way yet. @default 32 MiB */
  readonly maxQueuedBytes: number;
}

/** Codes an answer may bear; any other is taken as `internal`. */
const ERROR_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'invalid-argument',
  'unauthenticated',
  'permission-denied',
  'not-found',
  'conflict',
  'too-large',
  'unsupported-media',
  'rate-limited',
  'unsupported',
  'no-leader',
  'no-servers',
  'unavailable',
  'unknown-outcome',
  'cancelled',
  'internal',
]);

/** A call without an answer. */
class PendingCall implements FrameItem {
  readonly bytes: Buffer;
  sent = false;
  settled = false;
  private readonly resolve: (value: unknown) => void;
  private readonly reject: (error: MeshError) => void;
  private timer: Timer | undefined;
  private signal: AbortSignal | undefined;
  private onAbort: (() => void) | undefined;

  constructor(
    bytes: Buffer,
    resolve: (value: unknown) => void,
    reject: (error: MeshError) => void,
  ) {
    this.bytes = bytes;
    this.resolve = resolve;
    this.reject = reject;
  }

  get withdrawn(): boolean {
    return this.settled;
  }

  taken(): void {
    this.sent = true;
  }

  watch(timer: Timer, signal: AbortSignal | undefined, onAbort: () => void): void {
    this.timer = timer;
    if (!signal) return;
    this.signal = signal;
    this.onAbort = onAbort;
    // One signal may end many calls; each takes its listener away when it settles.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort, { once: true });
  }

  succeed(value: unknown): void {
    this.settle();
    this.resolve(value);
  }

  fail(error: MeshError): void {
    this.settle();
    this.reject(error);
  }

  /** Fails as a break does: what was not sent certainly did not arrive. */
  break(why: string): void {
    this.fail(
      this.sent
        ? new MeshError(
            'unknown-outcome',
            `${why} after the call was sent: it may have taken effect`,
          )
        : new MeshError('unavailable', why),
    );
  }

  private settle(): void {
    this.settled = true;
    this.timer?.cancel();
    if (this.signal && this.onAbort) this.signal.removeEventListener('abort', this.onAbort);
  }
}

/** Calls to one address, on one stream that is opened when there is a call and none is open. */
export class CallChannel implements OutgoingEvents {
  private readonly address: string;
  private readonly dial: DialOptions;
  private readonly limits: ChannelLimits;
  private readonly backoff: Backoff;
  private readonly monotonicMs: () => number;
  private readonly calls = new Map<number, PendingCall>();
  private readonly queue: FrameQueue;
  private stream: OutgoingStream | undefined;
  private openedAtMs: number | undefined;
  private nextId = 1;
  private lastFailure = '';
  /** When it was last used, by the monotonic clock. */
  usedAtMs: number;

  constructor(
    address: string,
    dial: DialOptions,
    limits: ChannelLimits,
    backoff: Backoff,
    monotonicMs: () => number,
  ) {
    this.address = address;
    this.dial = dial;
    this.limits = limits;
    this.backoff = backoff;
    this.monotonicMs = monotonicMs;
    this.usedAtMs = monotonicMs();
    const channel = this;
    this.queue = new FrameQueue({
      get canWrite() {
        return channel.stream?.canWrite ?? false;
      },
      write: (frame) => channel.stream?.write(frame),
    });
  }

  /** Calls without an answer. */
  get pending(): number {
    return this.calls.size;
  }

  /** See CallClient.call; the body is encoded already. */
  call(method: string, body: Buffer, settings: CallSettings): Promise<unknown> {
    const nowMs = this.monotonicMs();
    this.usedAtMs = nowMs;
    if (!this.stream) {
      if (!this.backoff.ready(nowMs)) return Promise.reject(this.noConnection());
      this.connect();
      if (!this.stream) return Promise.reject(this.noConnection());
    }
    const id = this.nextId++;
    const timeoutMs = Math.floor(Math.min(Math.max(0, settings.timeoutMs), MAX_TIMEOUT_MS));
    const bytes = encodeCall(id, timeoutMs, method, body);
    const { maxPendingCalls, maxQueuedBytes } = this.limits;
    if (
      this.calls.size >= maxPendingCalls ||
      (this.queue.length > 0 && this.queue.waitingBytes + bytes.length > maxQueuedBytes)
    ) {
      return Promise.reject(
        new MeshError('unavailable', `too many calls wait for ${this.address}`),
      );
    }
    return new Promise((resolve, reject) => {
      const call = new PendingCall(bytes, resolve, reject);
      const timer = this.dial.timers.after(timeoutMs, () => {
        this.giveUp(id, call);
        call.break(`no answer from ${this.address} within ${timeoutMs}ms`);
      });
      call.watch(timer, settings.signal, () => {
        this.giveUp(id, call);
        call.fail(new MeshError('cancelled', 'the call was cancelled'));
      });
      this.calls.set(id, call);
      this.queue.add(call);
    });
  }

  /** Closes the stream; calls without an answer fail. */
  close(why: string): void {
    this.failAll(why);
    this.stream?.close();
  }

  opened(): void {
    this.openedAtMs = this.monotonicMs();
    this.queue.flush();
  }

  writable(): void {
    this.queue.flush();
  }

  frame(bytes: Buffer): void {
    this.usedAtMs = this.monotonicMs();
    try {
      for (const item of decodeAnswers(bytes)) {
        const call = this.calls.get(item.id);
        if (!call) continue;
        this.calls.delete(item.id);
        if (item.kind === 'error') {
          const code = ERROR_CODES.has(item.code) ? (item.code as ErrorCode) : 'internal';
          call.fail(new MeshError(code, item.message));
        } else {
          settleWith(call, item.body);
        }
      }
    } catch (error) {
      this.close(`${this.address} sent nonsense: ${MeshError.from(error).message}`);
    }
  }

  ended(end: StreamEnd): void {
    const nowMs = this.monotonicMs();
    // A connection that lasted is no reason to wait before the next one.
    if (this.openedAtMs !== undefined && nowMs - this.openedAtMs >= LASTING_MS) {
      this.backoff.reset();
    }
    if (end.kind !== 'closed') this.backoff.failed(nowMs);
    this.openedAtMs = undefined;
    this.stream = undefined;
    this.lastFailure = end.message;
    this.failAll(`connection to ${this.address} failed: ${end.message}`);
  }

  private connect(): void {
    try {
      this.stream = new OutgoingStream(this.address, METHODS.calls, this.dial, this);
    } catch (error) {
      // An address that cannot be one, or keys that cannot be used.
      this.ended({ kind: 'unreachable', message: MeshError.from(error).message });
    }
  }

  private giveUp(id: number, call: PendingCall): void {
    if (!this.calls.delete(id)) return;
    if (call.sent) this.queue.add({ bytes: encodeCancel(id) });
  }

  private failAll(why: string): void {
    const calls = [...this.calls.values()];
    this.calls.clear();
    this.queue.clear();
    for (const call of calls) call.break(why);
  }

  private noConnection(): MeshError {
    return new MeshError('unavailable', `no connection to ${this.address}: ${this.lastFailure}`);
  }
}

function settleWith(call: PendingCall, body: Buffer): void {
  let value: unknown;
  try {
    value = decodeBody(body, MAX_ANSWER_VALUES);
  } catch (error) {
    call.break(`the answer is malformed: ${MeshError.from(error).message}`);
    return;
  }
  call.succeed(value);
}
