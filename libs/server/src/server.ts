import type { Component, Logger, Metrics, Platform } from '@mesh/base';
import { catalogRegister } from '@mesh/catalog';
import {
  CoordinateBatcher,
  coordinateBatchUpdate,
  coordinateUpdate,
  type NodeCoordinate,
} from '@mesh/coordinate';
import { type LegacyConsensus, type LegacyLogStore, SingleVoter } from '@mesh/raft';
import { PLAIN_WRITE, type Rpc, type WriteEndpoint } from '@mesh/resource';
import {
  type SessionRequest,
  SessionTtlTracker,
  sessionCreate,
  sessionDestroy,
} from '@mesh/session';
import { createStateStore, type StateStore } from '@mesh/state';
import { BlockingQueries } from './blocking-query.ts';
import { type RegisteredServer, serverRegistration } from './duties/registration.ts';
import { TombstoneReaper, tombstoneReaping } from './duties/tombstone-reaper.ts';
import { Fsm } from './fsm.ts';
import { LeaderDuties } from './leader-duties.ts';
import { LocalRpc } from './local-rpc.ts';
import { createResources } from './resources.ts';
import { serverStats } from './stats.ts';
import { WakeQueue } from './wake-queue.ts';

export interface ServerOptions extends RegisteredServer {
  readonly bootstrap: boolean;
  readonly logStore: LegacyLogStore;
  readonly platform: Platform;
  readonly metrics: Metrics;
  /** Named agent.server. */
  readonly logger: Logger;
  /** Runs a callback once the input of the present turn has been read (setImmediate). */
  readonly defer: (callback: () => void) => void;
  /** How long requests wait for a leader, milliseconds. */
  readonly holdTimeoutMs: number;
  readonly defaultQueryTimeMs: number;
  readonly maxQueryTimeMs: number;
  /** Shortest session TTL, milliseconds. */
  readonly sessionTtlMinMs: number;
}

/** A server: the replicated state with everything that serves and tends it. */
export interface Server {
  readonly rpc: Rpc;
  readonly consensus: LegacyConsensus;
  readonly store: StateStore;
  /** In order of start. */
  readonly components: readonly Component[];
  /** Reports a coordinate to this server's batcher. */
  readonly coordinateUpdate: WriteEndpoint<NodeCoordinate, true>;
  /** Creates sessions within this server's limits. */
  readonly sessionCreate: WriteEndpoint<SessionRequest, string>;
  stats(): Record<string, Record<string, string>>;
}

/** Builds a server on a log of its own; nothing happens before its components are started. */
export function createServer(options: ServerOptions): Server {
  const { platform, metrics, logger, defer } = options;
  const batcher = new CoordinateBatcher({
    timers: platform.timers,
    logger: logger.named('coordinate'),
    metrics,
    propose: (updates) => rpc.write(coordinateBatchUpdate, updates, PLAIN_WRITE),
  });
  const bound = {
    coordinateUpdate: coordinateUpdate((coordinate) => batcher.add(coordinate)),
    sessionCreate: sessionCreate(options.sessionTtlMinMs),
  };
  const reaping = tombstoneReaping(() => store);
  const resources = [...createResources(bound), reaping.resource];
  const store: StateStore = createStateStore(resources.flatMap((resource) => resource.tables));
  const fsm = new Fsm(store, resources, logger.named('fsm'));
  const consensus = new SingleVoter({
    serverId: options.nodeId,
    address: `${options.address}:${options.port}`,
    store: options.logStore,
    apply: (entries) => fsm.apply(entries),
    defer,
    logger: logger.named('raft'),
    metrics,
  });
  const wakes = new WakeQueue(platform.clock, defer);
  const queries = new BlockingQueries(store, platform, wakes, {
    defaultWaitMs: options.defaultQueryTimeMs,
    maxWaitMs: options.maxQueryTimeMs,
  });
  const rpc = new LocalRpc({ ...options, store, consensus, queries, touchSession });
  const sessions = new SessionTtlTracker({
    timers: platform.timers,
    logger: logger.named('session'),
    store,
    expire: (id) => rpc.write(sessionDestroy, { id }, PLAIN_WRITE),
  });
  function touchSession(id: string, ttl?: string): void {
    sessions.touch(id, ttl);
  }
  const reaper = new TombstoneReaper(platform, store, (payload) =>
    rpc.write(reaping.endpoint, payload, PLAIN_WRITE),
  );
  const duties = new LeaderDuties(
    consensus,
    [sessions, batcher, reaper],
    async () => {
      await rpc.write(catalogRegister, serverRegistration(options), PLAIN_WRITE);
      logger.info('member joined, marking health alive', { member: options.nodeName });
    },
    logger,
  );
  return {
    rpc,
    consensus,
    store,
    components: [rpc, consensusComponent(consensus, options.logStore), duties],
    ...bound,
    stats: () => serverStats(consensus.status(), options.bootstrap),
  };
}

function consensusComponent(consensus: LegacyConsensus, logStore: LegacyLogStore): Component {
  return {
    name: 'raft',
    start: () => consensus.start(),
    stop: async () => {
      await consensus.stop();
      await logStore.close();
    },
  };
}
