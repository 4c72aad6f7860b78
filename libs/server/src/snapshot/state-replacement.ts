import type { Restore } from '@mesh/state';

/**
 * Thrown by a command to put a restored state, complete, in the place of all that is there: nothing
 * else of the entry stays. Its proposer gets the index from which the tables go on.
 */
export class StateReplacement extends Error {
  readonly restore: Restore;

  constructor(restore: Restore) {
    super('the state is replaced');
    this.name = 'StateReplacement';
    this.restore = restore;
  }
}
