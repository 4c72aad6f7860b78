import type { Component, Platform } from '@mesh/base';
import type { Consensus, ServerInfo } from '@mesh/raft';
import type { Resource } from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import type { Fsm } from '../fsm.ts';
import type { ServerRpc } from '../rpc/server-rpc.ts';
import { AbandonedRestores } from './abandoned-restores.ts';
import { RestoreCommands } from './commands.ts';
import {
  MAX_STATE_BYTES,
  type RestoreEndpoints,
  restoreEndpoints,
  snapshotIndex,
} from './endpoint.ts';
import { encodeState } from './state-codec.ts';
import { StateGlance } from './state-loader.ts';
import { RESTORE_TABLES } from './table.ts';

/** All that users save, as of one moment. */
export interface CapturedState {
  /** Index of the tables. */
  readonly index: number;
  /** Encoded as it is walked, each chunk in well under 2 ms. */
  readonly chunks: Iterable<Uint8Array>;
}

/** Where in the log a saved state comes from, for its description. */
export interface SavedPosition {
  readonly term: number;
  readonly servers: readonly ServerInfo[];
  readonly configurationIndex: number;
}

/** What saving and restoring needs of a server. */
export interface SnapshotSource {
  readonly endpoints: RestoreEndpoints;
  /** Largest state that is restored, bytes. */
  readonly maxStateBytes: number;
  capture(): CapturedState;
  position(): SavedPosition;
  /** Tells from its beginning whether a saved state could be restored here. */
  glance(): StateGlance;
  /** Lets others have their turn. */
  turn(): Promise<void>;
}

export interface SnapshotsOptions {
  /** Asked for only once the server is built. */
  readonly store: () => StateStore;
  /** Likewise. */
  readonly consensus: () => Pick<Consensus, 'status'>;
  /** @default 1 GiB */
  readonly maxStateBytes?: number;
}

/** Saved states of users: taken from the tables, put back through the log. */
export class Snapshots implements SnapshotSource {
  readonly endpoints: RestoreEndpoints;
  readonly maxStateBytes: number;
  /** To be among the resources that the store and the state machine are made of. */
  readonly resource: Resource;
  private readonly options: SnapshotsOptions;
  private readonly restoring: RestoreCommands;
  private fsm: Pick<Fsm, 'turn'> | undefined;

  constructor(options: SnapshotsOptions) {
    this.options = options;
    this.maxStateBytes = options.maxStateBytes ?? MAX_STATE_BYTES;
    this.endpoints = restoreEndpoints(this.maxStateBytes);
    this.restoring = new RestoreCommands(options.store);
    this.resource = {
      name: 'snapshot',
      tables: RESTORE_TABLES,
      commands: this.restoring.commands,
      endpoints: [snapshotIndex, ...Object.values(this.endpoints)],
    };
  }

  /** To be called once, with the state machine made of the resource. */
  attach(fsm: Pick<Fsm, 'onRestore' | 'turn'>): void {
    this.fsm = fsm;
    fsm.onRestore(() => this.restoring.rebuild(() => fsm.turn()));
  }

  /** What the leader does about restores whose sender is gone. */
  tending(
    platform: Pick<Platform, 'clock' | 'timers'>,
    rpc: Pick<ServerRpc, 'writeAsLeader'>,
  ): Component {
    const abort = (id: string) => rpc.writeAsLeader(this.endpoints.abort, { id });
    return new AbandonedRestores(platform, this.options.store(), abort);
  }

  capture(): CapturedState {
    const store = this.options.store();
    const view = store.view();
    const records = store.dump(view, { without: RESTORE_TABLES });
    const chunks = { [Symbol.iterator]: () => encodeState({ indexShift: 0 }, records) };
    return { index: view.index, chunks };
  }

  position(): SavedPosition {
    const { term, servers, configurationIndex } = this.options.consensus().status();
    return { term, servers, configurationIndex };
  }

  glance(): StateGlance {
    const options = { without: RESTORE_TABLES, checkOnly: true };
    return new StateGlance(this.options.store().restore(options));
  }

  turn(): Promise<void> {
    return this.fsm?.turn() ?? Promise.resolve();
  }
}
