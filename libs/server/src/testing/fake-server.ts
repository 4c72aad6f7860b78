import { type Authorizer, MANAGE_ALL } from '@mesh/acl';
import { noMetrics, silentLogger } from '@mesh/base';
import type { ServerRouter } from '@mesh/membership';
import type { Resource } from '@mesh/resource';
import { createStateStore, type StateStore } from '@mesh/state';
import { BlockingQueries } from '../blocking-query.ts';
import { Fsm } from '../fsm.ts';
import { Dispatcher } from '../rpc/dispatcher.ts';
import { LeaderWatch } from '../rpc/leader-watch.ts';
import { ServerRpc } from '../rpc/server-rpc.ts';
import { WakeQueue } from '../wake-queue.ts';
import { type FakeCluster, FakeConsensus } from './fake-consensus.ts';
import type { ManualPlatform } from './manual-platform.ts';
import type { MemoryCalls } from './memory-calls.ts';
import { rowResource } from './rows.ts';

/** RPC, state and dispatcher of a server whose consensus is faked. */
export class FakeServer {
  readonly store: StateStore;
  readonly consensus: FakeConsensus;
  readonly queries: BlockingQueries;
  readonly watch: LeaderWatch;
  readonly rpc: ServerRpc;
  /** What everybody who asks may do. */
  authorizer: Authorizer = MANAGE_ALL;
  readonly touched: string[] = [];

  constructor(
    named: { readonly id: string; readonly address: string },
    cluster: FakeCluster,
    calls: MemoryCalls,
    platform: ManualPlatform,
    resources: readonly Resource[] = [rowResource(named.id)],
    router: Pick<ServerRouter, 'remote'> = { remote: () => undefined },
  ) {
    this.store = createStateStore(resources.flatMap(({ tables }) => tables));
    const fsm = new Fsm(this.store, resources, silentLogger);
    const { id, address } = named;
    this.consensus = new FakeConsensus(id, address, cluster, (entries) => fsm.apply(entries));
    const wakes = new WakeQueue(platform.clock, (callback) => setImmediate(callback));
    this.queries = new BlockingQueries(this.store, platform, wakes, {
      defaultWaitMs: 300_000,
      maxWaitMs: 600_000,
    });
    this.watch = new LeaderWatch(this.consensus);
    const bound = resources.flatMap((resource) => resource.calls ?? []);
    this.rpc = new ServerRpc({
      datacenter: 'dc1',
      primaryDatacenter: 'dc1',
      store: this.store,
      consensus: this.consensus,
      watch: this.watch,
      queries: this.queries,
      calls,
      bound: new Map(bound.map((call) => [call.endpoint.method, call])),
      platform,
      metrics: noMetrics,
      logger: silentLogger,
      holdTimeoutMs: 7000,
      defaultQueryTimeMs: 300_000,
      router,
      touchSession: (session) => this.touched.push(session),
      authorizers: { of: () => this.authorizer, isCurrent: (_s, it) => it === this.authorizer },
    });
    const dispatcher = new Dispatcher({
      rpc: this.rpc,
      resources,
      methods: { 'Status.Ping': () => 'pong' },
      logger: silentLogger,
    });
    calls.serve(address, dispatcher.handle);
  }
}
