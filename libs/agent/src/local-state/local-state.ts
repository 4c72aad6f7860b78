import type { HealthStatus } from '@mesh/api-contract';
import type { Platform } from '@mesh/base';
import type {
  AgentCheck,
  AgentService,
  CheckEntry,
  CheckState,
  EntrySource,
  ServiceEntry,
} from './entries.ts';

export interface LocalStateOptions {
  readonly nodeName: string;
  readonly platform: Platform;
  /** How long an output may differ from the catalog's while the status is the same; 0 pushes at once. */
  readonly updateIntervalMs: number;
  /** Keep no outputs at all. */
  readonly discardOutput: boolean;
}

/** What a listener is told: which service or check; both "" for the node itself. */
export interface LocalChange {
  readonly serviceId: string;
  readonly checkId: string;
}

interface AddOptions {
  readonly token: string;
  readonly source: EntrySource;
}

/**
 * The services and checks of this agent, the authority on them: anti-entropy makes the catalog agree.
 * What was removed stays here, marked, until the catalog has dropped it too. All methods are
 * synchronous; listeners run inside the call that changed something.
 */
export class LocalState {
  readonly options: LocalStateOptions;
  private readonly services = new Map<string, ServiceEntry>();
  private readonly checks = new Map<string, CheckEntry>();
  private readonly listeners = new Set<(change: LocalChange) => void>();
  private nodeInSync = false;
  /** Drop outputs from now on; a reload may change it. */
  discardOutput: boolean;

  constructor(options: LocalStateOptions) {
    this.options = options;
    this.discardOutput = options.discardOutput;
  }

  /** Calls back after each change, before the method that made it returns. Returns the undo. */
  subscribe(listener: (change: LocalChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A registered instance; undefined for unknown and removed ones. */
  service(id: string): ServiceEntry | undefined {
    const entry = this.services.get(id);
    return entry && !entry.deleted ? entry : undefined;
  }

  /** A registered check; undefined for unknown and removed ones. */
  check(id: string): CheckEntry | undefined {
    const entry = this.checks.get(id);
    return entry && !entry.deleted ? entry : undefined;
  }

  /** Registered instances, by id. */
  listServices(): readonly ServiceEntry[] {
    return live(this.services);
  }

  /** Registered checks, by id. */
  listChecks(): readonly CheckEntry[] {
    return live(this.checks);
  }

  /** Checks of one instance, "" for those of the node. */
  checksOf(serviceId: string): readonly CheckEntry[] {
    const out = [];
    for (const entry of this.checks.values()) {
      if (!entry.deleted && entry.check.ServiceID === serviceId) out.push(entry);
    }
    return out;
  }

  /** Adds an instance or replaces the one of that id. */
  putService(service: AgentService, { token, source }: AddOptions): void {
    this.services.set(service.ID, { service, token, source, inSync: false, deleted: false });
    this.changed(service.ID, '');
  }

  /** Adds a check or replaces the one of that id. Its service must exist, when it names one. */
  putCheck(
    check: AgentCheck,
    definition: CheckEntry['definition'],
    { token, source }: AddOptions,
  ): void {
    const old = this.checks.get(check.CheckID);
    old?.deferred?.cancel();
    const stillCritical = old && !old.deleted && check.Status === 'critical';
    this.checks.set(check.CheckID, {
      check: this.discardOutput ? { ...check, Output: '' } : check,
      definition,
      token,
      source,
      inSync: false,
      deleted: false,
      criticalSinceMs:
        (stillCritical ? old.criticalSinceMs : undefined) ?? this.criticalSince(check.Status),
      deferred: undefined,
    });
    this.changed(check.ServiceID, check.CheckID);
  }

  /** Takes tags that others have set in the catalog, for an instance and its checks. */
  adoptTags(entry: ServiceEntry, tags: readonly string[]): void {
    entry.service = { ...entry.service, Tags: tags };
    this.followService(entry.service.ID);
    this.changed(entry.service.ID, '');
  }

  /** Gives the checks of an instance its present name and tags. */
  followService(id: string): void {
    const service = this.service(id)?.service;
    if (!service) return;
    for (const entry of this.checksOf(id)) {
      const { check } = entry;
      if (check.ServiceName === service.Service && check.ServiceTags === service.Tags) continue;
      entry.check = { ...check, ServiceName: service.Service, ServiceTags: service.Tags };
      entry.inSync = false;
    }
  }

  /** Removes an instance and its checks. False when there is none. */
  removeService(id: string): boolean {
    const entry = this.service(id);
    if (!entry) return false;
    for (const { check } of this.checksOf(id)) this.removeCheck(check.CheckID);
    entry.deleted = true;
    entry.inSync = false;
    this.changed(id, '');
    return true;
  }

  /** Removes a check. False when there is none. */
  removeCheck(id: string): boolean {
    const entry = this.check(id);
    if (!entry) return false;
    entry.deferred?.cancel();
    entry.deferred = undefined;
    entry.deleted = true;
    entry.inSync = false;
    this.changed(entry.check.ServiceID, id);
    return true;
  }

  /**
   * Takes a check's result. One that changes nothing is dropped; one that changes the output alone
   * reaches the catalog within 1.5 times the update interval, however often it comes.
   */
  updateCheck(id: string, status: HealthStatus, newOutput: string): boolean {
    const entry = this.check(id);
    if (!entry) return false;
    const output = this.discardOutput ? '' : newOutput;
    if (status !== 'critical') entry.criticalSinceMs = undefined;
    else entry.criticalSinceMs ??= this.options.platform.clock.monotonicMs();
    const { check } = entry;
    if (check.Status === status && check.Output === output) return false;
    entry.check = { ...check, Status: status, Output: output };
    if (check.Status === status && this.options.updateIntervalMs > 0) {
      this.defer(entry);
      return true;
    }
    entry.deferred?.cancel();
    entry.deferred = undefined;
    entry.inSync = false;
    this.changed(check.ServiceID, id);
    return true;
  }

  /** Statuses and outputs of all checks, to be put back after a reload. */
  snapshotChecks(): ReadonlyMap<string, CheckState> {
    return new Map(
      this.listChecks().map(({ check }) => [
        check.CheckID,
        { status: check.Status, output: check.Output },
      ]),
    );
  }

  /** False until the catalog has this node's address, id and metadata. */
  get nodeInfoInSync(): boolean {
    return this.nodeInSync;
  }

  set nodeInfoInSync(inSync: boolean) {
    if (inSync === this.nodeInSync) return;
    this.nodeInSync = inSync;
    if (!inSync) this.changed('', '');
  }

  /** Everything, removed entries included: for anti-entropy. */
  get allServices(): ReadonlyMap<string, ServiceEntry> {
    return this.services;
  }

  /** Everything, removed entries included: for anti-entropy. */
  get allChecks(): ReadonlyMap<string, CheckEntry> {
    return this.checks;
  }

  /** Notes a service that only the catalog has, so that it gets removed there. */
  markStrayService(service: AgentService): void {
    const entry = { service, token: '', source: 'api', inSync: false, deleted: true } as const;
    if (!this.services.has(service.ID)) this.services.set(service.ID, { ...entry });
  }

  /** Notes a check that only the catalog has, so that it gets removed there. */
  markStrayCheck(check: AgentCheck): void {
    if (this.checks.has(check.CheckID)) return;
    this.checks.set(check.CheckID, {
      check,
      definition: undefined,
      token: '',
      source: 'api',
      inSync: false,
      deleted: true,
      criticalSinceMs: undefined,
      deferred: undefined,
    });
  }

  /** Forgets a removed service that the catalog has dropped, with its checks: they went with it. */
  forgetService(entry: ServiceEntry): void {
    const { ID } = entry.service;
    if (this.services.get(ID) !== entry || !entry.deleted) return;
    this.services.delete(ID);
    for (const check of [...this.checks.values()]) {
      if (check.deleted && check.check.ServiceID === ID) this.forgetCheck(check);
    }
  }

  /** Forgets a removed check that the catalog has dropped. */
  forgetCheck(entry: CheckEntry): void {
    const { CheckID } = entry.check;
    if (this.checks.get(CheckID) === entry && entry.deleted) this.checks.delete(CheckID);
  }

  private defer(entry: CheckEntry): void {
    if (entry.deferred) return;
    const { platform, updateIntervalMs } = this.options;
    const delayMs = updateIntervalMs / 2 + platform.random.float() * updateIntervalMs;
    entry.deferred = platform.timers.after(delayMs, () => {
      entry.deferred = undefined;
      if (entry.deleted) return;
      entry.inSync = false;
      this.changed(entry.check.ServiceID, entry.check.CheckID);
    });
  }

  private criticalSince(status: HealthStatus): number | undefined {
    return status === 'critical' ? this.options.platform.clock.monotonicMs() : undefined;
  }

  private changed(serviceId: string, checkId: string): void {
    for (const listener of [...this.listeners]) listener({ serviceId, checkId });
  }
}

/** Entries that are not removed, by id in the order in which Go prints maps. */
function live<T extends { readonly deleted: boolean }>(entries: ReadonlyMap<string, T>): T[] {
  return [...entries]
    .filter(([, entry]) => !entry.deleted)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entry]) => entry);
}
