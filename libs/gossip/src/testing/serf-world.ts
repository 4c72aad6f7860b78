import { MeshError, noMetrics, silentLogger } from '@mesh/base';
import { formatAddress, type GossipAddress } from '../address.ts';
import { type GossipConfig, LAN_CONFIG } from '../config.ts';
import { SerfCore } from '../serf/serf-core.ts';
import type { PoolRules, SerfEvent, SerfOptions } from '../serf/types.ts';
import type { GossipOutput, StreamResult } from '../swim/types.ts';

/** Everybody may come. */
export const OPEN_RULES: PoolRules = { vetoMerge: () => undefined, vetoAlive: () => undefined };

/** Linear congruential, so that a run can be repeated. */
export function seededRandom(seed: number): { float(): number } {
  let state = (seed * 2_654_435_761) >>> 0;
  return {
    float: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
  };
}

/** A member of a SerfWorld: its core and everything that it told. */
export interface WorldMember {
  readonly core: SerfCore;
  readonly address: GossipAddress;
  readonly events: SerfEvent[];
  isRunning: boolean;
}

interface Delivery {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Serf cores over a network in memory, on a clock that the test turns. */
export class SerfWorld {
  nowMs = 1000;
  readonly members = new Map<string, WorldMember>();
  /** Decides whether a packet is lost. */
  loses: (from: GossipAddress, to: GossipAddress) => boolean = () => false;
  /** Each way. */
  latencyMs = 1;
  private readonly config: GossipConfig;
  private readonly byAddress = new Map<string, WorldMember>();
  private deliveries: Delivery[] = [];
  private order = 0;
  private lastPort = 7000;

  constructor(config: Partial<GossipConfig> = {}) {
    this.config = { ...LAN_CONFIG, ...config };
  }

  /** A member that runs, joined to nobody. */
  add(name: string, options: Partial<SerfOptions> = {}): WorldMember {
    this.lastPort += 1;
    const address = options.address ?? { host: '10.0.0.1', port: this.lastPort };
    const core = new SerfCore({
      name,
      tags: {},
      config: this.config,
      rules: OPEN_RULES,
      random: seededRandom(this.lastPort),
      logger: silentLogger,
      metrics: noMetrics,
      ...options,
      address,
    });
    const member: WorldMember = { core, address, events: [], isRunning: true };
    this.members.set(name, member);
    this.byAddress.set(formatAddress(address), member);
    core.start(this.nowMs);
    this.drain(member);
    return member;
  }

  /** Members named m0, m1, ... joined through m0 and settled. */
  pool(count: number, options: Partial<SerfOptions> = {}): WorldMember[] {
    const members = Array.from({ length: count }, (_, index) => this.add(`m${index}`, options));
    const [first, ...others] = members;
    for (const other of others) if (first) this.join(other, first);
    this.run(2000);
    this.until(() => members.every(({ core }) => core.members().length === count));
    return members;
  }

  join(member: WorldMember, to: WorldMember, ignoreOld = false): void {
    this.act(member, (core) => core.join(to.address, ignoreOld, this.nowMs));
  }

  /** Calls a core and sees to what comes of it. */
  act<T>(member: WorldMember, action: (core: SerfCore) => T): T {
    const result = action(member.core);
    this.drain(member);
    return result;
  }

  /** Ends a process without a word. */
  kill(member: WorldMember): void {
    member.isRunning = false;
  }

  /** Lets time pass. */
  run(ms: number): void {
    const endMs = this.nowMs + ms;
    while (this.step(endMs));
    this.nowMs = endMs;
  }

  /** Lets time pass until the condition holds. Throws when it does not within `limitMs`. */
  until(condition: () => boolean, limitMs = 60_000): void {
    const endMs = this.nowMs + limitMs;
    while (!condition()) {
      if (!this.step(endMs)) throw new Error(`not so after ${limitMs} ms`);
    }
  }

  /** One thing that happens before `endMs`; false when nothing does. */
  private step(endMs: number): boolean {
    let nextMs = Number.POSITIVE_INFINITY;
    let next: WorldMember | undefined;
    for (const member of this.members.values()) {
      const dueMs = member.isRunning ? member.core.nextDeadlineMs() : Number.POSITIVE_INFINITY;
      if (dueMs < nextMs) [nextMs, next] = [dueMs, member];
    }
    const delivery = this.deliveries[0];
    if (delivery && delivery.atMs <= nextMs) {
      if (delivery.atMs > endMs) return false;
      this.deliveries.shift();
      this.nowMs = Math.max(this.nowMs, delivery.atMs);
      delivery.run();
      return true;
    }
    if (!next || nextMs > endMs) return false;
    this.nowMs = Math.max(this.nowMs, nextMs);
    this.act(next, (core) => core.tick(this.nowMs));
    return true;
  }

  private drain(member: WorldMember): void {
    for (const output of member.core.takeOutputs()) this.send(member, output);
    member.events.push(...member.core.takeEvents());
  }

  private send(from: WorldMember, output: GossipOutput): void {
    if (output.kind === 'packet') {
      if (this.loses(from.address, output.to)) return;
      this.later(this.latencyMs, () => {
        const to = this.listener(output.to);
        if (to) {
          this.act(to, (core) => core.receivePacket(output.bytes, from.address, this.nowMs));
        }
      });
      return;
    }
    const { id, to, message } = output;
    const done = (result: StreamResult) => {
      if (from.isRunning) this.act(from, (core) => core.streamDone(id, result, this.nowMs));
    };
    this.later(this.latencyMs, () => {
      const listener = this.loses(from.address, to) ? undefined : this.listener(to);
      if (!listener) {
        done({ error: MeshError.from(new Error('connection refused')).message });
        return;
      }
      const reply = this.act(listener, (core) =>
        core.receiveStream(message, from.address, this.nowMs),
      );
      this.later(this.latencyMs, () => done({ reply }));
    });
  }

  private listener(to: GossipAddress): WorldMember | undefined {
    const member = this.byAddress.get(formatAddress(to));
    return member?.isRunning ? member : undefined;
  }

  private later(ms: number, run: () => void): void {
    this.order += 1;
    const delivery = { atMs: this.nowMs + ms, order: this.order, run };
    let at = this.deliveries.length;
    while (at > 0 && (this.deliveries[at - 1]?.atMs ?? 0) > delivery.atMs) at -= 1;
    this.deliveries.splice(at, 0, delivery);
  }
}
