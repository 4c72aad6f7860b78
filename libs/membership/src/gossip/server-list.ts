import type { Clock, Random } from '@mesh/base';
import type { ServerMember } from '../server-member.ts';
import type { ServerPicker } from '../server-picker.ts';
import { shuffled } from './shuffled.ts';

/** Shortest time that a server is kept, milliseconds, and up to half as much again. */
const MIN_REUSE_MS = 120_000;
/** Agents that one server may be chosen anew by, a second. */
const MOVES_A_SECOND = 64;

export interface ServerListOptions {
  readonly random: Pick<Random, 'float'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Members of the pool: the more there are, the longer a server is kept. */
  readonly poolSize: () => number;
}

/**
 * Servers of one datacenter in random order. The first is used until it fails, or until it is time that load
 * is spread anew; so each agent holds one connection, and servers that come later get their share.
 */
export class ServerList implements ServerPicker {
  private readonly options: ServerListOptions;
  private order: string[] = [];
  private shuffleAtMs = 0;

  constructor(options: ServerListOptions) {
    this.options = options;
  }

  pick(): string | undefined {
    if (this.order.length > 1 && this.options.clock.monotonicMs() >= this.shuffleAtMs) {
      this.order = shuffled(this.order, this.options.random);
      this.schedule();
    }
    return this.order[0];
  }

  failed(address: string): void {
    const at = this.order.indexOf(address);
    if (at === -1) return;
    this.order.splice(at, 1);
    this.order.push(address);
  }

  /** Takes the servers as they are now: new ones get a random place, the rest stay in theirs. */
  update(servers: readonly ServerMember[]): void {
    const present = new Set(servers.map(({ rpcAddress }) => rpcAddress));
    this.order = this.order.filter((address) => present.has(address));
    const known = new Set(this.order);
    for (const address of present) {
      if (known.has(address)) continue;
      const at = Math.floor(this.options.random.float() * (this.order.length + 1));
      this.order.splice(at, 0, address);
    }
    this.schedule();
  }

  private schedule(): void {
    const { random, clock, poolSize } = this.options;
    const moves = Math.max(1, this.order.length) * MOVES_A_SECOND;
    const reuseMs = MIN_REUSE_MS * (1 + random.float() / 2);
    this.shuffleAtMs = clock.monotonicMs() + Math.max(reuseMs, (poolSize() / moves) * 1000);
  }
}
