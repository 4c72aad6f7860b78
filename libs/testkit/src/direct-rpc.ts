import { type Authorizer, MANAGE_ALL } from '@mesh/acl';
import { assert } from '@mesh/base';
import {
  type BoundCall,
  type CallEndpoint,
  type CallOptions,
  type Command,
  prepareGuarded,
  type ReadEndpoint,
  type ReadOptions,
  type ReadReply,
  type Resource,
  Rollback,
  type Rpc,
  readGuarded,
  requireCallAllowed,
  type WriteContext,
  type WriteEndpoint,
  type WriteOptions,
} from '@mesh/resource';
import { createStateStore, type StateStore } from '@mesh/state';
import { Packr, Unpackr } from 'msgpackr';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, copyBuffers: true, int64AsType: 'auto' as never });

/** One entry of the history of a DirectRpc. */
export interface AppliedEntry {
  readonly index: number;
  readonly type: string;
}

/**
 * Resources on a state store with nothing between: a write is applied at once under the next index,
 * a read runs on the current state. Payloads pass through MessagePack as in the log, so that what would
 * not survive it fails here.
 */
export class DirectRpc implements Rpc {
  readonly store: StateStore;
  readonly applied: AppliedEntry[] = [];
  /** Calls of touchSession: session id, and the TTL where it was given. */
  readonly touched: (readonly [id: string, ttl: string | undefined])[] = [];
  /** Options of the last read, write or call. */
  lastOptions: ReadOptions | WriteOptions | CallOptions | undefined;
  nowMs = 1_700_000_000_000;
  /** What whoever asks may do. */
  authorizer: Authorizer = MANAGE_ALL;
  private readonly commands = new Map<string, Command>();
  private readonly calls: ReadonlyMap<string, BoundCall>;
  private uuids = 0;

  constructor(resources: readonly Resource[]) {
    this.store = createStateStore(resources.flatMap(({ tables }) => tables));
    for (const command of resources.flatMap(({ commands }) => commands)) {
      assert(!this.commands.has(command.type), `command ${command.type} declared once`);
      this.commands.set(command.type, command);
    }
    const calls = resources.flatMap((resource) => resource.calls ?? []);
    this.calls = new Map(calls.map((call) => [call.endpoint.method, call]));
    // Every log begins with the no-op of its first leader; index 1 must not be the index of data.
    this.store.write(1).commit();
  }

  async read<A, R>(
    endpoint: ReadEndpoint<A, R>,
    args: A,
    options: ReadOptions,
  ): Promise<ReadReply<R>> {
    this.lastOptions = options;
    const view = this.store.trackingView();
    const { authorizer, nowMs } = this;
    const value = readGuarded(endpoint, view, args, { authorizer, datacenter: 'dc1', nowMs });
    return { value, index: view.dependencies().index, knownLeader: true, lastContactMs: 0 };
  }

  async call<A, R>(endpoint: CallEndpoint<A, R>, args: A, options: CallOptions): Promise<R> {
    this.lastOptions = options;
    const bound = this.calls.get(endpoint.method);
    assert(bound, `call ${endpoint.method} is bound by a resource`);
    const { authorizer } = this;
    requireCallAllowed(endpoint.guard, authorizer, args);
    const answer = await bound.run(unpackr.unpack(packr.pack(args)), authorizer);
    return unpackr.unpack(packr.pack(answer)) as R;
  }

  async write<A, R>(endpoint: WriteEndpoint<A, R>, args: A, options: WriteOptions): Promise<R> {
    this.lastOptions = options;
    const prepared = prepareGuarded(endpoint, args, this.writeContext());
    if ('answer' in prepared) return prepared.answer;
    const result = this.apply(prepared.command, prepared.payload) as R;
    return prepared.shown ? prepared.shown(result) : result;
  }

  /** Applies a log entry; throws what the command refuses it with. An entry that rolled back is not in `applied`. */
  apply<P>(entry: Pick<Command<P>, 'type'>, payload: P): unknown {
    const command = this.commands.get(entry.type);
    assert(command, `command ${entry.type} is registered`);
    const index = this.store.view().index + 1;
    const txn = this.store.write(index);
    try {
      const logged: unknown = unpackr.unpack(packr.pack(payload));
      const result = command.apply(txn, logged, { index, proposedAtMs: this.nowMs });
      txn.commit();
      this.applied.push({ index, type: entry.type });
      return result;
    } catch (thrown) {
      txn.abort();
      if (thrown instanceof Rollback) return thrown.result;
      throw thrown;
    }
  }

  private writeContext(): WriteContext {
    return {
      authorizer: this.authorizer,
      datacenter: 'dc1',
      nowMs: this.nowMs,
      view: this.store.view(),
      uuid: () => `00000000-0000-4000-8000-${String(++this.uuids).padStart(12, '0')}`,
      touchSession: (id, ttl) => this.touched.push([id, ttl]),
    };
  }
}
