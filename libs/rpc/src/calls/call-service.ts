import { type ErrorCode, MeshError, type Metrics, type Timer, type Timers } from '@mesh/base';
import { FrameQueue } from '../stream/frame-queue.ts';
import type { IncomingEvents, IncomingStream } from '../stream/incoming-stream.ts';
import type { CallContext, CallHandler } from '../types.ts';
import {
  type CallItem,
  decodeCalls,
  encodeError,
  encodeResult,
  MAX_BODY_BYTES,
} from './call-codec.ts';
import { decodeBody, encodeBody, MAX_REQUEST_VALUES } from './plain-data.ts';

/** Bounds on what one caller may ask for. */
export interface CallLimits {
  /** Handlers at work for one stream, those of calls that were given up included. @default 8192 */
  readonly maxCallsPerStream: number;
  /** Bytes of answers that a caller has not taken, above which its stream ends. @default 64 MiB */
  readonly maxUnsentBytes: number;
}

interface ServiceParts {
  readonly handler: CallHandler;
  readonly timers: Timers;
  readonly metrics: Metrics;
  readonly limits: CallLimits;
}

/** A call being answered; its abort controller exists once somebody looks at the signal. */
class RunningCall implements CallContext {
  readonly remoteAddress: string;
  timer: Timer | undefined;
  private controller: AbortController | undefined;
  private reason: MeshError | undefined;

  constructor(remoteAddress: string) {
    this.remoteAddress = remoteAddress;
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.reason) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  abort(why: string): void {
    this.timer?.cancel();
    this.reason = new MeshError('cancelled', why);
    this.controller?.abort(this.reason);
  }
}

/** Answers the calls of one stream, all of them at the same time, in whatever order they finish. */
export class CallService implements IncomingEvents {
  private readonly stream: IncomingStream;
  private readonly parts: ServiceParts;
  private readonly answers: FrameQueue;
  private readonly running = new Map<number, RunningCall>();
  /** Handlers at work, those of calls that were given up included. */
  private unsettled = 0;

  constructor(stream: IncomingStream, parts: ServiceParts) {
    this.stream = stream;
    this.parts = parts;
    this.answers = new FrameQueue(stream);
  }

  frame(bytes: Buffer): void {
    let items: readonly CallItem[];
    try {
      items = decodeCalls(bytes);
    } catch (error) {
      this.parts.metrics.count('rpc.malformed_frame');
      this.stream.refuse('malformed', MeshError.from(error).message);
      return;
    }
    for (const item of items) {
      if (item.kind === 'call') this.begin(item.id, item.timeoutMs, item.method, item.body);
      else this.cancel(item.id);
    }
  }

  writable(): void {
    this.answers.flush();
  }

  ended(): void {
    for (const call of this.running.values()) call.abort('the connection of the caller ended');
    this.running.clear();
    this.answers.clear();
  }

  private begin(id: number, timeoutMs: number, method: string, body: Buffer): void {
    if (this.running.has(id)) {
      this.stream.refuse('malformed', `call ${id} is under way already`);
      return;
    }
    if (this.unsettled >= this.parts.limits.maxCallsPerStream) {
      this.parts.metrics.count('rpc.calls_refused');
      this.answer(encodeError(id, 'unavailable', 'too many calls under way on this connection'));
      return;
    }
    const call = new RunningCall(this.stream.remoteAddress);
    this.running.set(id, call);
    this.unsettled += 1;
    call.timer = this.parts.timers.after(timeoutMs, () => {
      if (this.running.delete(id)) call.abort('the deadline of the call passed');
    });
    this.run(method, body, call).then(
      (result) => this.finish(id, call, () => resultBytes(id, result)),
      (error) => {
        const { code, message } = MeshError.from(error);
        this.finish(id, call, () => encodeError(id, code, message));
      },
    );
  }

  private async run(method: string, body: Buffer, call: RunningCall): Promise<unknown> {
    return this.parts.handler(method, decodeBody(body, MAX_REQUEST_VALUES), call);
  }

  private cancel(id: number): void {
    const call = this.running.get(id);
    if (!call) return;
    this.running.delete(id);
    call.abort('the caller gave up');
  }

  /** Sends the answer, if anybody still waits for it. */
  private finish(id: number, call: RunningCall, encode: () => Buffer): void {
    this.unsettled -= 1;
    if (this.running.get(id) !== call) return;
    this.running.delete(id);
    call.timer?.cancel();
    this.answer(encode());
  }

  private answer(bytes: Buffer): void {
    if (this.stream.ended) return;
    if (this.answers.waitingBytes + bytes.length > this.parts.limits.maxUnsentBytes) {
      this.parts.metrics.count('rpc.slow_caller');
      this.stream.refuse('too-many', 'the caller does not take its answers');
      return;
    }
    this.answers.add({ bytes });
  }
}

function resultBytes(id: number, result: unknown): Buffer {
  let code: ErrorCode = 'internal';
  let message: string;
  try {
    const body = encodeBody(result);
    if (body.length <= MAX_BODY_BYTES) return encodeResult(id, body);
    code = 'too-large';
    message = `an answer of ${body.length} bytes, at most ${MAX_BODY_BYTES}`;
  } catch (error) {
    message = `answer cannot be encoded: ${MeshError.from(error).message}`;
  }
  return encodeError(id, code, message);
}
