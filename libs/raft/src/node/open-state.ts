import { type Logger, MeshError } from '@mesh/base';
import { EMPTY_CONFIGURATION } from '../core/configuration-tracker.ts';
import type { LogStore, StoredLog } from '../log-store.ts';
import type { SnapshotPosition, SnapshotStore } from '../snapshot-store.ts';
import type { StateMachine } from '../state-machine.ts';

/** What a server finds on its disk. */
export interface OpenedState {
  readonly stored: StoredLog;
  /** Of the snapshot that the state machine now holds; index 0 for none. */
  readonly snapshot: SnapshotPosition;
}

const NO_SNAPSHOT: SnapshotPosition = {
  index: 0,
  term: 0,
  configuration: EMPTY_CONFIGURATION,
  configurationIndex: 0,
};

/** Opens the log and brings the state machine to the newest good snapshot. Rejects with MeshError. */
export async function openState(parts: {
  readonly logStore: LogStore;
  readonly snapshots: SnapshotStore;
  readonly machine: StateMachine;
  readonly logger: Logger;
}): Promise<OpenedState> {
  const { logStore, snapshots, machine, logger } = parts;
  const stored = await logStore.open();
  const candidates = await snapshots.list();
  for (const meta of candidates) {
    // Older than what the log starts with: the entries in between would be missing.
    if (meta.index < stored.base.index) break;
    try {
      await machine.restore(snapshots.read(meta.id));
      const { index, term, configuration, configurationIndex } = meta;
      logger.info('restored from snapshot', { id: meta.id });
      return { stored, snapshot: { index, term, configuration, configurationIndex } };
    } catch (error) {
      logger.error('failed to restore snapshot', { id: meta.id, error: String(error) });
    }
  }
  if (stored.base.index === 0 && candidates.length === 0) return { stored, snapshot: NO_SNAPSHOT };
  throw new MeshError(
    'unavailable',
    `no snapshot can be used, and the log begins only at index ${stored.base.index + 1}: move the ` +
      'raft folder away and start again, so that this server gets its state from the others; if ' +
      'it is the only one, restore a saved snapshot then',
  );
}
