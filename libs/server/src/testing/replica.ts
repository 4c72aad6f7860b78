import { MANAGE_ALL } from '@mesh/acl';
import { MeshError, silentLogger } from '@mesh/base';
import { catalogHttpRoutes } from '@mesh/catalog';
import { configEntryHttpRoutes } from '@mesh/config-entry';
import { coordinateBatchUpdate, coordinateUpdate, originCoordinate } from '@mesh/coordinate';
import { intentionHttpRoutes } from '@mesh/intentions';
import { kvHttpRoutes } from '@mesh/kv';
import {
  autopilotSetConfiguration,
  DEFAULT_LIMITS,
  operatorHttpRoutes,
  settingsOf,
} from '@mesh/operator';
import { queryHttpRoutes } from '@mesh/prepared-query';
import type { LogEntry } from '@mesh/raft';
import type {
  BoundRoute,
  Command,
  ReadEndpoint,
  ReadReply,
  Rpc,
  WriteEndpoint,
} from '@mesh/resource';
import { sessionHttpRoutes } from '@mesh/session';
import { createStateStore, type StateStore } from '@mesh/state';
import { txnHttpRoutes } from '@mesh/txn';
import { type Reaping, tombstoneReaping } from '../duties/tombstone-reaper.ts';
import { encodeEntry } from '../entry-codec.ts';
import { Fsm } from '../fsm.ts';
import { createResources } from '../resources.ts';
import { Snapshots } from '../snapshot/snapshots.ts';
import { testOperator, testSessionCreate } from './all-resources.ts';
import { type Step, sessionId } from './histories.ts';

/** The replicated part of a server, snapshots included. */
export class Replica {
  readonly store: StateStore;
  readonly fsm: Fsm;
  readonly reaping: Reaping;
  readonly snapshots: Snapshots;
  /** How often others were given their turn. */
  turns = 0;

  constructor(maxStateBytes?: number) {
    this.reaping = tombstoneReaping(() => this.store);
    this.snapshots = new Snapshots({
      store: () => this.store,
      consensus: () => ({
        status: () => ({ term: 3, servers: [], configurationIndex: 1 }) as never,
      }),
      ...(maxStateBytes !== undefined && { maxStateBytes }),
    });
    const bound = {
      coordinateUpdate: coordinateUpdate(() => {}),
      sessionCreate: testSessionCreate,
      operator: testOperator,
    };
    const resources = [...createResources(bound), this.reaping.resource, this.snapshots.resource];
    this.store = createStateStore(resources.flatMap(({ tables }) => tables));
    this.fsm = new Fsm(this.store, resources, silentLogger, (callback) => {
      this.turns++;
      callback();
    });
    this.snapshots.attach(this.fsm);
  }

  /** All of its state, as a snapshot of the log would store it. */
  bytes(): Buffer {
    return Buffer.concat([...this.fsm.capture()]);
  }

  /** What a user would save. */
  saved(): Buffer {
    return Buffer.concat([...this.snapshots.capture().chunks]);
  }

  async restore(bytes: Uint8Array, pieceBytes = 65_536): Promise<void> {
    await this.fsm.restore(pieces(bytes, pieceBytes));
  }
}

/** Bytes as they come off a disk or a wire. */
export async function* pieces(bytes: Uint8Array, pieceBytes = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** callRoute of the test kit, which only specs may import here. */
type CallRoute = (
  routes: readonly BoundRoute[],
  method: string,
  target: string,
  body?: unknown,
) => Promise<unknown>;

/** Prepares and applies each write at once, and keeps the log. */
export class ReplicaLeader implements Rpc {
  readonly replica: Replica;
  readonly log: LogEntry[] = [];
  /** Outcome of each entry. */
  readonly outcomes: unknown[] = [];
  nowMs = 1_700_000_000_000;
  private uuids = 0;
  private readonly callRoute: CallRoute;

  constructor(callRoute: CallRoute, replica = new Replica()) {
    this.callRoute = callRoute;
    this.replica = replica;
  }

  async read<A, R>(endpoint: ReadEndpoint<A, R>, args: A): Promise<ReadReply<R>> {
    const view = this.replica.store.trackingView();
    const value = endpoint.run(view, args, {
      authorizer: MANAGE_ALL,
      datacenter: 'dc1',
      nowMs: this.nowMs,
    });
    return { value, index: view.dependencies().index, knownLeader: true, lastContactMs: 0 };
  }

  call(): Promise<never> {
    return Promise.reject(new Error('no calls here'));
  }

  async write<A, R>(endpoint: WriteEndpoint<A, R>, args: A): Promise<R> {
    const prepared = endpoint.prepare(args, {
      authorizer: MANAGE_ALL,
      datacenter: 'dc1',
      nowMs: this.nowMs,
      view: this.replica.store.view(),
      uuid: () => sessionId(this.uuids++),
      touchSession: () => {},
    });
    if ('answer' in prepared) return prepared.answer;
    const outcome = this.propose(prepared.command, prepared.payload);
    if (outcome instanceof Error) throw outcome;
    return outcome as R;
  }

  /** Appends an entry and applies it; its outcome. */
  propose<P>({ type }: Pick<Command<P>, 'type'>, payload: P): unknown {
    const data = encodeEntry({ type, proposedAtMs: this.nowMs, payload });
    const entry: LogEntry = { index: this.log.length + 1, term: 1, kind: 'command', data };
    this.log.push(entry);
    const [outcome] = this.replica.fsm.apply([entry]);
    this.outcomes.push(outcome);
    return outcome;
  }

  async perform(step: Step): Promise<void> {
    try {
      if (step.kind === 'wait') this.nowMs += step.ms;
      else if (step.kind === 'request') await this.callRoute(this.routes(), ...step.request);
      else if (step.kind === 'coordinate') {
        const update = { Node: step.node, Segment: '', Coord: originCoordinate() };
        await this.write(coordinateBatchUpdate, [update]);
      } else {
        const index = Math.max(0, this.replica.store.view().index - 3);
        await this.write(this.replica.reaping.endpoint, { index });
      }
    } catch (thrown) {
      // A refusal is an outcome like any other; a bug is not.
      if (!(thrown instanceof MeshError) || thrown.code === 'internal') throw thrown;
    }
  }

  /** Settings, a node, a session and a lock that it holds, then the history. */
  async run(history: readonly Step[]): Promise<void> {
    await this.write(autopilotSetConfiguration, {
      settings: settingsOf(DEFAULT_LIMITS),
      cas: null,
    });
    const n1 = { Node: 'n1', Address: '::1', Check: { CheckID: 'serfHealth', Status: 'passing' } };
    await this.callRoute(this.routes(), 'PUT', '/v1/catalog/register', n1);
    await this.callRoute(this.routes(), 'PUT', '/v1/session/create', { NodeChecks: [] });
    await this.callRoute(this.routes(), 'PUT', `/v1/kv/a?acquire=${sessionId(0)}`, 'v');
    for (const step of history) await this.perform(step);
  }

  private routes(): readonly BoundRoute[] {
    return [
      ...catalogHttpRoutes({ rpc: this, nodeName: 'n1' }),
      ...kvHttpRoutes({ rpc: this }),
      ...intentionHttpRoutes({ rpc: this }),
      ...configEntryHttpRoutes({ rpc: this }),
      ...sessionHttpRoutes({ rpc: this, nodeName: 'n1', create: testSessionCreate }),
      ...txnHttpRoutes({ rpc: this, kvMaxValueBytes: 1024 }),
      ...queryHttpRoutes({ rpc: this, nodeName: 'n1' }),
      ...operatorHttpRoutes({ rpc: this }),
    ];
  }
}

/** Outcomes as they would travel to the proposer. */
export function comparable(outcomes: readonly unknown[]): readonly unknown[] {
  return outcomes.map((outcome) =>
    outcome instanceof Error ? `refused: ${outcome.message}` : outcome,
  );
}
