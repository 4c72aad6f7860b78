import type { Awareness } from './awareness.ts';
import type { BroadcastQueue } from './broadcast-queue.ts';
import type { NodeTable } from './node-table.ts';
import type { Sender } from './sender.ts';
import type { SwimOptions } from './types.ts';

/** What the parts of one core share. */
export interface SwimParts {
  readonly options: SwimOptions;
  readonly table: NodeTable;
  readonly awareness: Awareness;
  /** Membership messages, by the name of the node that they are about. */
  readonly broadcasts: BroadcastQueue;
  readonly sender: Sender;
}
