import { assert } from '@mesh/base';
import type { Configuration } from '../configuration.ts';
import type { LogEntry } from '../entry.ts';
import type { AppendRequest, Heartbeat } from '../messages.ts';
import type { SnapshotPosition } from '../snapshot-store.ts';
import { decodeConfiguration, encodeConfiguration } from './configuration-tracker.ts';
import type { CoreState } from './core-state.ts';

/** Adds an entry to the log, and to the configurations when it is one. */
export function appendEntry(state: CoreState, entry: LogEntry): void {
  state.log.append(entry);
  if (entry.kind !== 'configuration') return;
  const configuration = decodeConfiguration(entry.data);
  state.configurations.append(entry.index, configuration);
  state.emit({ kind: 'configuration', index: entry.index, configuration });
}

/** The first entry of a new cluster: who its servers are. */
export function bootstrapLog(state: CoreState, configuration: Configuration): LogEntry {
  state.setTerm(1, '');
  const data = encodeConfiguration(configuration);
  const entry: LogEntry = { index: 1, term: 1, kind: 'configuration', data };
  appendEntry(state, entry);
  return entry;
}

/** Handles AppendEntries of the leader of this term (Raft paper 5.3). */
export function handleAppend(state: CoreState, request: AppendRequest): void {
  const { log } = state;
  const { from: to, prevIndex, prevTerm, entries, commitIndex } = request;
  const envelope = { kind: 'append-response', term: state.term, from: state.id, to } as const;
  if (prevIndex < log.base.index) {
    // What a snapshot holds is committed and so agrees; the leader goes on behind it.
    const index = log.base.index;
    state.outbox.sendWhenStored({ ...envelope, ok: true, index, hintIndex: 0, hintTerm: 0 });
    return;
  }
  if (!log.matches({ index: prevIndex, term: prevTerm })) {
    const hintIndex = log.lastIndexOfTerm(prevIndex, prevTerm);
    const hintTerm = log.term(hintIndex) ?? 0;
    state.outbox.send({ ...envelope, ok: false, index: prevIndex, hintIndex, hintTerm });
    return;
  }
  if (!isWellFormed(state, request)) return;
  for (const entry of entries) acceptEntry(state, entry);
  const index = prevIndex + entries.length;
  state.advanceCommit(Math.min(commitIndex, index));
  // Durable before it counts: this waits for the write.
  state.outbox.sendWhenStored({ ...envelope, ok: true, index, hintIndex: 0, hintTerm: 0 });
}

/**
 * Entries must follow each other, of terms that exist, and never contradict what is committed: no
 * correct leader sends others, and taking them would spoil this server.
 */
function isWellFormed({ log, commitIndex }: CoreState, request: AppendRequest): boolean {
  let { prevIndex: index, prevTerm: term } = request;
  for (const entry of request.entries) {
    if (entry.index !== index + 1 || entry.term < term || entry.term > request.term) return false;
    if (entry.index <= commitIndex && !log.matches(entry)) return false;
    ({ index, term } = entry);
  }
  return true;
}

function acceptEntry(state: CoreState, entry: LogEntry): void {
  const { log } = state;
  if (log.matches(entry)) return;
  if (entry.index <= log.lastIndex) {
    assert(entry.index > state.commitIndex, 'a committed entry is never overwritten');
    truncate(state, entry.index);
  }
  appendEntry(state, entry);
}

function truncate(state: CoreState, from: number): void {
  state.log.truncate(from);
  state.configurations.truncate(from);
  state.emit({ kind: 'truncated', from, certain: false });
}

/** Answers the leader's heartbeat without touching the disk. */
export function handleHeartbeat(state: CoreState, { from, roundMs, commitIndex }: Heartbeat): void {
  // The leader names no more than this server has acknowledged to it.
  state.advanceCommit(commitIndex);
  state.leaderRoundMs = Math.max(state.leaderRoundMs, roundMs);
  const { term, id } = state;
  state.outbox.send({ kind: 'heartbeat-response', term, from: id, to: from, roundMs });
}

/** The log goes on behind an installed snapshot; what it contradicts is gone (Raft paper, section 7). */
export function installPosition(state: CoreState, position: SnapshotPosition): void {
  const { log, configurations } = state;
  if (!log.matches(position)) {
    configurations.truncate(0);
    state.emit({ kind: 'truncated', from: log.base.index + 1, certain: false });
  }
  log.reset(position);
  configurations.reset(position.configurationIndex, position.configuration);
  state.commitIndex = position.index;
}
