import { NODE_STATE, type NodeState } from '../wire/messages.ts';
import type { SwimNode } from './types.ts';

/** Names that are known at once; more are refused. */
export const MAX_KNOWN_NODES = 65_536;

/** A place in the table: the node changes, the place stays. */
interface Place {
  node: SwimNode;
}

/**
 * All nodes that are known: by name, and in the random order in which they are probed (SWIM 4.3: round-robin
 * over a shuffled list bounds the time to the first probe of each).
 */
export class NodeTable {
  private readonly byName = new Map<string, Place>();
  private readonly order: Place[] = [];
  private readonly random: () => number;
  private alive = 0;
  private cached: readonly SwimNode[] | undefined;

  constructor(random: () => number) {
    this.random = random;
  }

  get size(): number {
    return this.order.length;
  }

  /** Alive and suspect ones. */
  get aliveCount(): number {
    return this.alive;
  }

  get(name: string): SwimNode | undefined {
    return this.byName.get(name)?.node;
  }

  at(position: number): SwimNode | undefined {
    return this.order[position]?.node;
  }

  /** All of them; the same array until something changes. */
  all(): readonly SwimNode[] {
    this.cached ??= this.order.map(({ node }) => node);
    return this.cached;
  }

  /** Adds a node at a random position, or puts it in the place of the one with its name. */
  put(node: SwimNode): void {
    this.cached = undefined;
    const place = this.byName.get(node.name);
    if (place) {
      this.alive += Number(isLive(node.state)) - Number(isLive(place.node.state));
      place.node = node;
      return;
    }
    if (isLive(node.state)) this.alive++;
    const added = { node };
    this.byName.set(node.name, added);
    this.order.push(added);
    this.swap(this.order.length - 1, this.below(this.order.length));
  }

  /** Forgets the nodes that a test picks and shuffles the rest. */
  renew(isForgotten: (node: SwimNode) => boolean): void {
    this.cached = undefined;
    const kept = this.order.filter((place) => {
      const { node } = place;
      if (!isForgotten(node)) return true;
      this.byName.delete(node.name);
      if (isLive(node.state)) this.alive--;
      return false;
    });
    this.order.length = 0;
    for (const place of kept) this.order.push(place);
    for (let at = this.order.length - 1; at > 0; at--) this.swap(at, this.below(at + 1));
  }

  /**
   * Up to `count` different random nodes that pass a test. Looks at three times as many as there are, as
   * memberlist does, so that the time is bounded where few pass.
   */
  pick(count: number, isWanted: (node: SwimNode) => boolean): readonly SwimNode[] {
    const picked: SwimNode[] = [];
    const size = this.order.length;
    if (size === 0) return picked;
    if (size <= FEW) return this.pickOfFew(count, isWanted);
    for (let tries = 0; tries < 3 * size && picked.length < count; tries++) {
      const { node } = this.order[this.below(size)]!;
      if (isWanted(node) && !picked.includes(node)) picked.push(node);
    }
    return picked;
  }

  /** Among few a random order finds all that pass. */
  private pickOfFew(count: number, isWanted: (node: SwimNode) => boolean): readonly SwimNode[] {
    const wanted = this.order.map(({ node }) => node).filter(isWanted);
    for (let at = 0; at < Math.min(count, wanted.length); at++) {
      const other = at + this.below(wanted.length - at);
      [wanted[at], wanted[other]] = [wanted[other]!, wanted[at]!];
    }
    return wanted.slice(0, count);
  }

  private swap(one: number, other: number): void {
    const a = this.order[one]!;
    const b = this.order[other]!;
    this.order[one] = b;
    this.order[other] = a;
  }

  private below(count: number): number {
    return Math.min(count - 1, Math.floor(this.random() * count));
  }
}

/** Up to so many nodes are all looked at. */
const FEW = 32;

/** Whether a node counts as there: alive, or not yet known to be dead. */
export function isLive(state: NodeState): boolean {
  return state === NODE_STATE.alive || state === NODE_STATE.suspect;
}
