import type { Serf, SerfCore, SwimNode } from '@mesh/gossip';

/** What the world needs of a core: Serf without what only operators ask. */
export type GossipCore = Serf;

/** What lies below serf's layer, for checks alone: no shell can see it. */
export interface Depths {
  readonly incarnation: number;
  nodes(): readonly SwimNode[];
  node(name: string): SwimNode | undefined;
}

/** The SWIM core in a SerfCore. */
export function depthsOf(core: GossipCore): Depths {
  return (core as SerfCore)['swim'];
}
