import type { Component, Platform, Timer } from '@mesh/base';
import { type Command, defineCommand, type Resource, type WriteEndpoint } from '@mesh/resource';
import type { StateStore } from '@mesh/state';

/** How often the leader notes the log index, milliseconds. */
const GRANULARITY_MS = 30_000;
/** How long a deletion stays visible as a tombstone: longer than the longest blocking query. */
const TOMBSTONE_TTL_MS = 15 * 60_000;

export interface ReapPayload {
  /** Tombstones of entries up to this index go. */
  readonly index: number;
}

/** Tombstone reaping as a resource: it changes tables, so it goes through the log like all else. */
export interface Reaping {
  readonly resource: Resource;
  readonly endpoint: WriteEndpoint<ReapPayload, null>;
}

/** `store` is asked for only while an entry is applied: the store is built from the resources. */
export function tombstoneReaping(store: () => StateStore): Reaping {
  const command: Command<ReapPayload, null> = defineCommand(
    'state.reap-tombstones',
    (txn, { index }) => {
      store().reapTombstones(txn, index);
      return null;
    },
  );
  const endpoint: WriteEndpoint<ReapPayload, null> = {
    kind: 'write',
    method: 'State.ReapTombstones',
    acl: { check: { resource: 'operator', access: 'write', segment: 'none' } },
    guard: 'internal',
    prepare: (payload) => ({ command, payload }),
  };
  const resource = { name: 'tombstones', tables: [], commands: [command], endpoints: [endpoint] };
  return { resource, endpoint };
}

/**
 * Leader duty: deletions leave tombstones, so that blocking queries see them; this forgets the old ones.
 */
export class TombstoneReaper implements Component {
  readonly name = 'tombstone-reaper';
  private timer: Timer | undefined;
  private marks: { readonly atMs: number; readonly index: number }[] = [];
  private reapedTo = 0;
  private readonly platform: Platform;
  private readonly store: StateStore;
  private readonly reap: (payload: ReapPayload) => Promise<unknown>;

  constructor(
    platform: Platform,
    store: StateStore,
    reap: (payload: ReapPayload) => Promise<unknown>,
  ) {
    this.platform = platform;
    this.store = store;
    this.reap = reap;
  }

  async start(): Promise<void> {
    if (!this.timer) this.arm();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.marks = [];
  }

  private arm(): void {
    this.timer = this.platform.timers.after(GRANULARITY_MS, () => {
      this.arm();
      this.tick();
    });
  }

  private tick(): void {
    const nowMs = this.platform.clock.monotonicMs();
    const { index } = this.store.view();
    // An idle server writes nothing: no new mark, and so no entry that only says that nothing happened.
    if (this.marks.at(-1)?.index !== index && index > this.reapedTo) {
      this.marks.push({ atMs: nowMs, index });
    }
    let due = 0;
    while (this.marks.length > 0 && nowMs - this.marks[0]!.atMs >= TOMBSTONE_TTL_MS) {
      due = this.marks.shift()!.index;
    }
    if (due === 0) return;
    // Its own entry moves the index; that alone must not earn another mark.
    this.reapedTo = this.store.view().index + 1;
    this.reap({ index: due }).catch(() => {
      // Leadership was lost: the next leader reaps.
      this.reapedTo = 0;
    });
  }
}
