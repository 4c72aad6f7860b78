import { NODE_STATE } from '../wire/messages.ts';
import { isLive } from './node-table.ts';
import type { SwimParts } from './swim-parts.ts';
import type { SwimNode } from './types.ts';

/**
 * Spreads what waits to a few random members in each round (gossip-wire.md 4.5). Rounds rest while nothing waits,
 * and the first after a rest comes at once.
 */
export class GossipRounds {
  private readonly parts: SwimParts;
  private earliestMs = Number.POSITIVE_INFINITY;

  constructor(parts: SwimParts) {
    this.parts = parts;
  }

  start(nowMs: number): void {
    const { config, random } = this.parts.options;
    this.earliestMs = nowMs + random.float() * config.gossipIntervalMs;
  }

  nextDeadlineMs(): number {
    return this.hasWork() ? this.earliestMs : Number.POSITIVE_INFINITY;
  }

  tick(nowMs: number): void {
    if (nowMs < this.earliestMs || !this.hasWork()) return;
    const { table, options, sender } = this.parts;
    const { gossipIntervalMs, gossipNodes } = options.config;
    this.earliestMs = nowMs + gossipIntervalMs;
    for (const node of table.pick(gossipNodes, (one) => this.isListener(one, nowMs))) {
      if (!sender.gossipTo(node)) return;
    }
  }

  /** Something waits, and somebody is there to hear it. */
  private hasWork(): boolean {
    const { broadcasts, options, table } = this.parts;
    if (table.size < 2) return false;
    return broadcasts.length > 0 || options.delegate.hasBroadcasts();
  }

  /** The dead listen for a while: they may not be. */
  private isListener({ name, state, stateChangedMs }: SwimNode, nowMs: number): boolean {
    const { config, name: own } = this.parts.options;
    if (name === own) return false;
    if (isLive(state)) return true;
    return state === NODE_STATE.dead && nowMs - stateChangedMs <= config.gossipToTheDeadMs;
  }
}
