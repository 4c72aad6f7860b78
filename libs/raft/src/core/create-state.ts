import type { Random } from '@mesh/base';
import type { LogStore, StoredLog } from '../log-store.ts';
import type { SnapshotPosition } from '../snapshot-store.ts';
import type { RaftTiming } from '../timing.ts';
import { ConfigurationTracker, decodeConfiguration } from './configuration-tracker.ts';
import { type CoreLimits, CoreState } from './core-state.ts';
import { Outbox } from './outbox.ts';
import { RaftLog } from './raft-log.ts';

export interface CoreOptions {
  readonly id: string;
  readonly timing: RaftTiming;
  readonly random: Pick<Random, 'float'>;
  readonly limits: CoreLimits;
  readonly store: Pick<LogStore, 'read'>;
  readonly stored: StoredLog;
  /** Of the newest snapshot; index 0 and no servers where there is none. */
  readonly snapshot: SnapshotPosition;
  readonly nowMs: number;
}

/** The state that a server starts with: what its disk holds. */
export function createCoreState(options: CoreOptions): CoreState {
  const { id, timing, random, limits, snapshot, stored, nowMs } = options;
  const { hardState } = stored;
  const log = new RaftLog(options.store, stored);
  log.reset(snapshot);
  const { configurationIndex, configuration } = snapshot;
  const configurations = new ConfigurationTracker(configurationIndex, configuration);
  loadConfigurations(log, configurations, limits.maxBatchBytes);
  const outbox = new Outbox(log);
  const parts = { id, timing, random, limits, log, configurations, outbox, hardState };
  const known = Math.min(hardState.commitIndex, log.lastIndex);
  const state = new CoreState({ ...parts, commitIndex: Math.max(snapshot.index, known) });
  state.appliedIndex = snapshot.index;
  state.nowMs = nowMs;
  return state;
}

/** Reads the configurations that entries of the log hold. */
function loadConfigurations(
  log: RaftLog,
  configurations: ConfigurationTracker,
  maxBytes: number,
): void {
  let from = log.base.index + 1;
  while (from <= log.lastIndex) {
    for (const entry of log.slice(from, log.lastIndex, maxBytes)) {
      from = entry.index + 1;
      if (entry.kind !== 'configuration' || entry.index <= configurations.latestIndex) continue;
      configurations.append(entry.index, decodeConfiguration(entry.data));
    }
  }
}
