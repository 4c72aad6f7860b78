import { type Logger, noMetrics, silentLogger } from '@mesh/base';
import {
  type GossipAddress,
  type GossipConfig,
  type GossipOutput,
  SerfCore,
  type SerfEvent,
  type SerfMemory,
  type StreamMessage,
} from '@mesh/gossip';
import { SeededRandom } from '../world/seeded-random.ts';
import { SharedBytes } from './shared-bytes.ts';
import { TimeHeap } from './time-heap.ts';

const PORT = 8301;

export interface GossipWorldOptions {
  readonly seed: number;
  readonly config: GossipConfig;
  /** Share of datagrams that get lost, 0..1. */
  readonly lossRatio: number;
  /** @default logs nothing */
  readonly logger?: Logger;
}

/** A member of the simulated pool, over all its lives. */
export interface SimMember {
  readonly name: string;
  readonly position: number;
  readonly address: GossipAddress;
  /** Where it lies, milliseconds of one-way latency: distances are latencies. */
  readonly place: readonly [number, number];
  core: SerfCore;
  isUp: boolean;
  /** Until then the process stands still: what arrives waits. */
  pausedUntilMs: number;
  /** When its tick is due; a heap entry with another time is old. */
  tickMs: number;
  sentPackets: number;
  sentBytes: number;
}

/** Something that happens at a time. */
type Happening =
  | { readonly kind: 'tick'; readonly member: SimMember; readonly core: SerfCore }
  | {
      readonly kind: 'packet';
      readonly to: SimMember;
      readonly bytes: Uint8Array;
      readonly from: GossipAddress;
    }
  | { readonly kind: 'call'; readonly run: () => void };

/** Latency of a hop beyond the distance, milliseconds: fixed part and mean of the random one. */
const BASE_LATENCY_MS = 0.2;
const JITTER_MS = 0.1;
/** Side of the square that members lie in, milliseconds of one-way latency. */
const SIDE_MS = 10;
/** Time that a lost segment costs a stream, milliseconds (the first retransmission of TCP). */
const RETRANSMIT_MS = 200;

/**
 * Serf members in virtual time, on a network with latency and loss. Deterministic by its seed. A tick of a
 * member happens only when its core asks for one.
 */
export class GossipWorld {
  readonly members: SimMember[] = [];
  /** Called for each event of a member that is up. */
  onEvent: (member: SimMember, event: SerfEvent, nowMs: number) => void = () => {};
  /** False drops a datagram and breaks a stream. */
  reaches: (from: SimMember, to: SimMember) => boolean = () => true;
  private readonly options: GossipWorldOptions;
  private readonly random: SeededRandom;
  private readonly heap = new TimeHeap<Happening>();
  private readonly byHost = new Map<string, SimMember>();
  private readonly messages = new SharedBytes();
  private now = 0;

  constructor(options: GossipWorldOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed);
  }

  get nowMs(): number {
    return this.now;
  }

  /** Adds a member and starts it. */
  add(tags: Readonly<Record<string, string>> = {}): SimMember {
    const position = this.members.length;
    const host = `10.${position >> 16}.${(position >> 8) & 255}.${position & 255}`;
    const place = [this.random.float() * SIDE_MS, this.random.float() * SIDE_MS] as const;
    const address = { host, port: PORT };
    const name = `n${position}`;
    const member: SimMember = {
      ...{ name, position, address, place, core: this.core(name, address, tags), isUp: true },
      ...{ pausedUntilMs: 0, tickMs: Number.POSITIVE_INFINITY, sentPackets: 0, sentBytes: 0 },
    };
    this.members.push(member);
    this.byHost.set(host, member);
    this.use(member, (core) => core.start(this.now));
    return member;
  }

  /** Ends a member as a power failure does: nobody answers there. */
  crash(member: SimMember): void {
    member.isUp = false;
  }

  /** Starts a member that was down, with what it remembers. */
  restart(
    member: SimMember,
    memory?: SerfMemory,
    tags: Readonly<Record<string, string>> = {},
  ): void {
    member.core = this.core(member.name, member.address, tags, memory);
    member.isUp = true;
    member.tickMs = Number.POSITIVE_INFINITY;
    this.use(member, (core) => core.start(this.now));
  }

  /** Stops a member's process for a while; what arrives meanwhile is looked at after. */
  pause(member: SimMember, forMs: number): void {
    member.pausedUntilMs = Math.max(member.pausedUntilMs, this.now + forMs);
    this.after(forMs, () => this.use(member, (core) => core.tick(this.now)));
  }

  /** Joins a member to another one. */
  join(member: SimMember, to: SimMember): void {
    this.use(member, (core) => core.join(to.address, false, this.now));
  }

  /** Does something with a member's core, and what follows from it. */
  use<T>(member: SimMember, act: (core: SerfCore) => T): T {
    const result = act(member.core);
    this.drain(member);
    return result;
  }

  /** Calls back at a time. */
  after(delayMs: number, run: () => void): void {
    this.heap.push(this.now + delayMs, { kind: 'call', run });
  }

  /** Lets time pass. */
  run(forMs: number): void {
    this.runUntil(() => false, forMs);
  }

  /** Lets time pass until something holds, looked at every `everyMs`; false when it did not in time. */
  runUntil(holds: () => boolean, forMs: number, everyMs = 50): boolean {
    const endMs = this.now + forMs;
    let lookMs = this.now + everyMs;
    for (;;) {
      const nextMs = this.heap.nextMs();
      if (Math.min(nextMs, endMs) >= lookMs) {
        this.now = Math.max(this.now, Math.min(lookMs, endMs));
        if (holds()) return true;
        lookMs += everyMs;
        if (this.now >= endMs) return false;
        continue;
      }
      if (nextMs > endMs) {
        this.now = endMs;
        return holds();
      }
      this.now = nextMs;
      this.happen(this.heap.pop());
    }
  }

  private core(
    name: string,
    address: GossipAddress,
    tags: Readonly<Record<string, string>>,
    memory?: SerfMemory,
  ): SerfCore {
    const { config, logger = silentLogger } = this.options;
    const random = new SeededRandom(Math.floor(this.random.float() * 2 ** 31));
    return new SerfCore({
      ...{ name, address, tags, config, logger, metrics: noMetrics },
      random: { float: () => random.float() },
      share: (bytes) => this.messages.of(bytes),
      rules: { vetoMerge: () => undefined, vetoAlive: () => undefined },
      ...(memory && { memory }),
    });
  }

  private happen(happening: Happening): void {
    switch (happening.kind) {
      case 'call':
        happening.run();
        break;
      case 'tick': {
        const { member, core } = happening;
        if (!member.isUp || member.core !== core || member.tickMs > this.now) return;
        member.tickMs = Number.POSITIVE_INFINITY;
        if (member.pausedUntilMs > this.now) return;
        core.tick(this.now);
        this.drain(member);
        break;
      }
      case 'packet': {
        const { to, bytes, from } = happening;
        if (!to.isUp) return;
        if (to.pausedUntilMs > this.now) {
          this.heap.push(to.pausedUntilMs, happening);
          return;
        }
        to.core.receivePacket(bytes, from, this.now);
        this.drain(to);
      }
    }
  }

  /** Takes what a core wants sent and what happened to it, and when it wants to be called. */
  private drain(member: SimMember): void {
    for (const output of member.core.takeOutputs()) this.send(member, output);
    for (const event of member.core.takeEvents()) this.onEvent(member, event, this.now);
    const deadlineMs = Math.max(this.now, member.core.nextDeadlineMs());
    if (deadlineMs >= member.tickMs || deadlineMs === Number.POSITIVE_INFINITY) return;
    member.tickMs = deadlineMs;
    this.heap.push(deadlineMs, { kind: 'tick', member, core: member.core });
  }

  private send(from: SimMember, output: GossipOutput): void {
    const to = this.byHost.get(output.to.host);
    if (output.kind === 'stream') {
      this.stream(from, to, output);
      return;
    }
    from.sentPackets++;
    from.sentBytes += output.bytes.length;
    if (!to || this.random.float() < this.options.lossRatio || !this.reaches(from, to)) return;
    const atMs = this.now + this.latencyMs(from, to);
    this.heap.push(atMs, { kind: 'packet', to, bytes: output.bytes, from: from.address });
  }

  private stream(
    from: SimMember,
    to: SimMember | undefined,
    { id, message, timeoutMs }: Extract<GossipOutput, { kind: 'stream' }>,
  ): void {
    const { core } = from;
    const startedMs = this.now;
    const done = (result: { reply: StreamMessage | undefined } | { error: string }) => {
      if (!from.isUp || from.core !== core) return;
      if (from.pausedUntilMs > this.now) {
        this.after(from.pausedUntilMs - this.now, () => done(result));
        return;
      }
      this.use(from, () => core.streamDone(id, result, this.now));
    };
    const timeOut = () => {
      this.after(Math.max(0, startedMs + timeoutMs - this.now), () => done({ error: 'timeout' }));
    };
    if (!to || !this.reaches(from, to)) {
      timeOut();
      return;
    }
    const serve = () => {
      if (!to.isUp || !this.reaches(from, to) || this.now - startedMs >= timeoutMs) {
        timeOut();
      } else if (to.pausedUntilMs > this.now) {
        this.after(to.pausedUntilMs - this.now, serve);
      } else {
        const reply = this.use(to, () => to.core.receiveStream(message, from.address, this.now));
        this.after(this.hopMs(to, from), () => done({ reply }));
      }
    };
    // One round trip for the connection, then the request.
    this.after(this.hopMs(from, to) * 3, serve);
  }

  /** A hop of a stream: what is lost comes later. */
  private hopMs(from: SimMember, to: SimMember): number {
    const isLost = this.random.float() < this.options.lossRatio;
    return this.latencyMs(from, to) + (isLost ? RETRANSMIT_MS : 0);
  }

  private latencyMs(from: SimMember, to: SimMember): number {
    return this.distanceMs(from, to) - JITTER_MS * Math.log(1 - this.random.float());
  }

  /** One-way latency without jitter, milliseconds. */
  distanceMs(from: SimMember, to: SimMember): number {
    const [x, y] = from.place;
    const [otherX, otherY] = to.place;
    return BASE_LATENCY_MS + Math.hypot(x - otherX, y - otherY);
  }
}
