import {
  assert,
  type Clock,
  type Component,
  MeshError,
  MIB,
  type Timer,
  type Timers,
} from '@mesh/base';
import { Backoff } from '../stream/backoff.ts';
import type { DialOptions } from '../stream/outgoing-stream.ts';
import type { OutgoingTls } from '../stream/tls.ts';
import type { CallClient, CallSettings } from '../types.ts';
import { CallChannel, type ChannelLimits } from './call-channel.ts';
import { MAX_BODY_BYTES, MAX_METHOD_BYTES } from './call-codec.ts';
import { encodeBody } from './plain-data.ts';

/** Bounds of a client. Each has the default that its docstring names. */
export interface CallClientLimits extends ChannelLimits {
  /** Longest time to a connection, milliseconds. @default 3000 */
  readonly connectTimeoutMs: number;
  /** Time without a call after which a connection is closed, milliseconds. @default 5 minutes */
  readonly idleMs: number;
  /** Wait before a new connection when the last one failed, milliseconds, doubling. @default 10 */
  readonly firstBackoffMs: number;
  /** And its longest, milliseconds. @default 2000 */
  readonly longestBackoffMs: number;
}

const DEFAULT_LIMITS: CallClientLimits = {
  maxPendingCalls: 16_384,
  maxQueuedBytes: 32 * MIB,
  connectTimeoutMs: 3000,
  idleMs: 5 * 60_000,
  firstBackoffMs: 10,
  longestBackoffMs: 2000,
};

export interface CallClientOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
  readonly tls?: OutgoingTls;
  /** Servers of other datacenters refuse the calls. Without it, all answer. */
  readonly datacenter?: string;
  readonly limits?: Partial<CallClientLimits>;
}

/** Calls methods of other agents over one stream to each address. */
export function createCallClient(options: CallClientOptions): CallClient & Component {
  return new StreamCallClient(options);
}

class StreamCallClient implements CallClient, Component {
  readonly name = 'rpc-client';
  private readonly options: CallClientOptions;
  private readonly limits: CallClientLimits;
  private readonly dial: DialOptions;
  private readonly channels = new Map<string, CallChannel>();
  private sweep: Timer | undefined;
  private stopped = false;

  constructor(options: CallClientOptions) {
    this.options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { tls, datacenter, timers } = options;
    this.dial = { tls, datacenter, timers, connectTimeoutMs: this.limits.connectTimeoutMs };
  }

  async start(): Promise<void> {
    this.stopped = false;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.sweep?.cancel();
    this.sweep = undefined;
    for (const channel of this.channels.values()) channel.close('this agent is stopping');
    this.channels.clear();
  }

  async call(
    address: string,
    method: string,
    body: unknown,
    settings: CallSettings,
  ): Promise<unknown> {
    if (this.stopped) throw new MeshError('unavailable', 'this agent is stopping');
    if (settings.signal?.aborted) throw new MeshError('cancelled', 'the call was cancelled');
    assert(Buffer.byteLength(method) <= MAX_METHOD_BYTES, `method name too long: ${method}`);
    const bytes = encodeBody(body);
    if (bytes.length > MAX_BODY_BYTES) {
      throw new MeshError(
        'too-large',
        `call of ${method} has ${bytes.length} bytes, at most ${MAX_BODY_BYTES}`,
      );
    }
    return this.channel(address).call(method, bytes, settings);
  }

  private channel(address: string): CallChannel {
    const known = this.channels.get(address);
    if (known) return known;
    const { firstBackoffMs, longestBackoffMs } = this.limits;
    const channel = new CallChannel(
      address,
      this.dial,
      this.limits,
      new Backoff(firstBackoffMs, longestBackoffMs),
      () => this.options.clock.monotonicMs(),
    );
    this.channels.set(address, channel);
    this.sweep ??= this.options.timers.after(this.limits.idleMs, () => this.closeIdle());
    return channel;
  }

  private closeIdle(): void {
    const beforeMs = this.options.clock.monotonicMs() - this.limits.idleMs;
    for (const [address, channel] of this.channels) {
      if (channel.pending > 0 || channel.usedAtMs > beforeMs) continue;
      this.channels.delete(address);
      channel.close('idle');
    }
    this.sweep =
      this.channels.size > 0
        ? this.options.timers.after(this.limits.idleMs, () => this.closeIdle())
        : undefined;
  }
}
