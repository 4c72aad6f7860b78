import type {
  CheckDefinition,
  HealthCheck,
  HealthStatus,
  NodeService,
  RaftIndex,
} from '@mesh/api-contract';
import type { Timer } from '@mesh/base';

/** Where a definition came from: files are read again on reload, API ones only from data_dir. */
export type EntrySource = 'file' | 'api';

/** An instance as this agent holds it: the catalog's form without log indexes. */
export type AgentService = Omit<NodeService, keyof RaftIndex>;

/** A check as this agent holds it: the catalog's form; both indexes are 0. */
export type AgentCheck = HealthCheck;

/**
 * An instance with its state of synchronisation. `service` is replaced, never changed: whoever pushed
 * one can tell by identity whether it is still the current one.
 */
export interface ServiceEntry {
  service: AgentService;
  /** ACL token for its registration; "" for the agent's own. */
  readonly token: string;
  readonly source: EntrySource;
  /** The catalog has exactly this. */
  inSync: boolean;
  /** Gone here, but the catalog may still have it. */
  deleted: boolean;
}

/** A check with its state of synchronisation. `check` is replaced, never changed. */
export interface CheckEntry {
  check: AgentCheck;
  /** How it is run; undefined for maintenance modes, which nothing runs. */
  readonly definition: CheckDefinition | undefined;
  readonly token: string;
  readonly source: EntrySource;
  inSync: boolean;
  deleted: boolean;
  /** Monotonic time since which it is critical; undefined while it is not. */
  criticalSinceMs: number | undefined;
  /** Pending push of an output that changed while the status did not. */
  deferred: Timer | undefined;
}

/** Status and output that survive a new registration of the same check. */
export interface CheckState {
  readonly status: HealthStatus;
  readonly output: string;
}
