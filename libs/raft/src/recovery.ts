import { type Logger, MeshError } from '@mesh/base';
import type { ServerInfo } from './configuration.ts';
import { checkedConfiguration } from './core/configuration-tracker.ts';
import type { LogPosition } from './entry.ts';
import type { LogStore } from './log-store.ts';
import { openState } from './node/open-state.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { StateMachine } from './state-machine.ts';

const READ_BYTES = 1024 * 1024;

/** What a recovery works on; all of it is closed or thrown away afterwards. */
export interface RecoveryParts {
  readonly logStore: LogStore;
  readonly snapshots: SnapshotStore;
  /** An empty state machine. */
  readonly machine: StateMachine;
  readonly logger: Logger;
}

/**
 * Gives a stopped server another configuration, when a majority is lost for good (peers.json of the
 * original): all that its log holds counts as committed, goes into a snapshot with the new servers,
 * and the log starts behind it. Closes the log. Rejects with MeshError; then nothing has changed.
 */
export async function recoverCluster(
  { logStore, snapshots, machine, logger }: RecoveryParts,
  servers: readonly ServerInfo[],
): Promise<LogPosition> {
  const configuration = checkedConfiguration(servers);
  try {
    const { stored, snapshot } = await openState({ logStore, snapshots, machine, logger });
    let last: LogPosition = { index: snapshot.index, term: snapshot.term };
    let from = Math.max(snapshot.index, stored.base.index) + 1;
    while (from <= stored.lastIndex) {
      const entries = logStore.read(from, stored.lastIndex, READ_BYTES);
      machine.apply(entries);
      const { index, term } = entries.at(-1)!;
      last = { index, term };
      from = index + 1;
    }
    if (last.index === 0) {
      throw new MeshError('conflict', 'there is no state to recover: start the server without it');
    }
    const sink = await snapshots.create({
      ...last,
      configuration,
      configurationIndex: last.index,
    });
    for (const chunk of machine.capture()) await sink.write(chunk);
    await sink.finish();
    await logStore.write({ base: last, entries: [] });
    return last;
  } finally {
    await logStore.close();
  }
}
