import {
  type CheckDefinition,
  decodeServiceDefinition,
  type ServiceDefinition,
  validateCheckDefinition,
  validateServiceDefinition,
} from '@mesh/api-contract';
import { invalid, type Logger, MeshError, type Platform } from '@mesh/base';
import { SERF_HEALTH } from '@mesh/catalog';
import type { CheckSettings } from '@mesh/config';
import type { CheckResult } from '@mesh/health-checks';
import type { CheckRunner } from '../checks/check-runner.ts';
import type { CentralConfig } from '../connect/central-config.ts';
import {
  freeSidecarPort,
  type SidecarPorts,
  sidecarDefinition,
  sidecarId,
  sidecarOf,
} from '../connect/sidecar.ts';
import type { AgentService, CheckState, EntrySource } from '../local-state/entries.ts';
import type { LocalState } from '../local-state/local-state.ts';
import {
  isMaintenance,
  maintenanceCheck,
  NODE_MAINTENANCE,
  SERVICE_MAINTENANCE_PREFIX,
} from '../maintenance.ts';
import type { DefinitionFiles } from './definition-files.ts';
import { requireScriptPermission } from './script-permission.ts';
import { checksOfService, checkType, toAgentCheck } from './to-agent-check.ts';
import { toAgentService } from './to-agent-service.ts';
import { readTtlState, saveTtlState } from './ttl-state.ts';

/** Services, and checks, that one agent may hold. */
export const ENTRIES_MAX = 65_536;

export interface RegistrarParts {
  readonly state: LocalState;
  readonly runner: CheckRunner;
  readonly files: DefinitionFiles;
  /** Fills what proxies do not say themselves. */
  readonly central: Pick<CentralConfig, 'merged' | 'forget' | 'clear'>;
  /** Settings in force; a reload changes them. */
  settings(): CheckSettings;
  /** Ports of sidecars that name none. */
  sidecarPorts(): SidecarPorts;
  readonly platform: Platform;
  readonly logger: Logger;
}

export interface RegisterOptions {
  readonly source: EntrySource;
  /** ACL token of the request; that of the definition wins. @default '' */
  readonly token?: string;
  /** Remove the service's other checks. @default false */
  readonly replaceChecks?: boolean;
  /** States to put back, by check id; those of replaced checks are kept anyway. */
  readonly states?: ReadonlyMap<string, CheckState>;
  /**
   * The definition comes out of data_dir: what it says of a first status is long past. @default false
   */
  readonly restored?: boolean;
  /** Ids of the service's checks to leave out. @default none */
  readonly without?: readonly string[];
  /** The request's body, kept in data_dir so that it can be read again. */
  readonly raw?: unknown;
}

/** What is read of a stored service in order to change it. */
interface ServiceRecord {
  readonly Definition: unknown;
  readonly Removed?: readonly string[];
}

/**
 * Registers and removes services and checks: validates, updates the local state, runs the checks, and
 * keeps in data_dir what came over the API. Nothing changes when a definition is refused.
 */
export class Registrar {
  private readonly parts: RegistrarParts;
  /** Sidecars that came with a service's definition, by the service's id: they go with it. */
  private readonly sidecars = new Map<string, string>();
  /** Ports of sidecars from before a reload, by id. */
  private readonly formerPorts = new Map<string, number>();

  constructor(parts: RegistrarParts) {
    this.parts = parts;
  }

  /**
   * Registers an instance with its checks; resolves when it is on disk too. Throws `invalid-argument`,
   * `permission-denied` (script checks), `too-large` (no port is left for a sidecar).
   */
  async registerService(definition: ServiceDefinition, options: RegisterOptions): Promise<void> {
    this.putService(definition, options);
    if (options.source === 'api' && options.raw !== undefined) {
      const record = { Token: options.token ?? '', Definition: options.raw };
      await this.parts.files.save('services', definition.id || definition.name, record);
    }
  }

  /** Registers a check; like `registerService`. `not-found` when its service is unknown. */
  async registerCheck(definition: CheckDefinition, options: RegisterOptions): Promise<void> {
    this.putCheck(definition, options);
    if (options.source === 'api' && options.raw !== undefined) {
      const record = { Token: options.token ?? '', Definition: options.raw };
      await this.parts.files.save('checks', definition.id || definition.name, record);
    }
  }

  /** Removes an instance with its checks. False when it is unknown. */
  async deregisterService(id: string): Promise<boolean> {
    const { state, files, logger } = this.parts;
    const checkIds = state.checksOf(id).map(({ check }) => check.CheckID);
    for (const checkId of checkIds) this.dropCheck(checkId);
    this.parts.central.forget(id);
    const known = state.removeService(id);
    if (known) logger.debug('removed service', { service: id });
    const sidecar = this.sidecars.get(id);
    this.sidecars.delete(id);
    if (sidecar !== undefined) await this.deregisterService(sidecar);
    await Promise.all([
      files.remove('services', id),
      ...checkIds.flatMap((checkId) => this.removeCheckFiles(checkId)),
    ]);
    return known;
  }

  /** Removes a check. False when it is unknown. */
  async deregisterCheck(id: string): Promise<boolean> {
    const serviceId = this.parts.state.check(id)?.check.ServiceID ?? '';
    const known = this.dropCheck(id);
    await Promise.all([...this.removeCheckFiles(id), this.noteRemoved(serviceId, id)]);
    return known;
  }

  /** Takes a report for a TTL check. Throws `not-found` when it is not one. */
  async reportTtl(checkId: string, result: CheckResult): Promise<void> {
    const { runner, state, files, platform } = this.parts;
    runner.setTtl(checkId, result);
    const entry = state.check(checkId);
    if (entry?.definition) {
      const { Status, Output } = entry.check;
      const expiresAtMs = platform.clock.nowMs() + entry.definition.ttlMs;
      await saveTtlState(files, checkId, { status: Status, output: Output }, expiresAtMs);
    }
  }

  /** Begins or ends the node's maintenance mode. */
  async setNodeMaintenance(enable: boolean, reason: string, token = ''): Promise<void> {
    await this.setMaintenance('', enable, reason, token);
  }

  /** Begins or ends an instance's maintenance mode. Throws `not-found`. */
  async setServiceMaintenance(
    id: string,
    enable: boolean,
    reason: string,
    token = '',
  ): Promise<void> {
    if (!this.parts.state.service(id)) {
      throw new MeshError('not-found', `No service registered with ID "${id}"`);
    }
    await this.setMaintenance(id, enable, reason, token);
  }

  /** Puts a stored maintenance mode back, unless it is on or its instance is gone. */
  restoreMaintenance(serviceId: string, reason: string, token: string): void {
    const { state } = this.parts;
    const service = state.service(serviceId)?.service;
    if (serviceId !== '' && !service) return;
    const check = maintenanceCheck(state.options.nodeName, service, reason);
    if (!state.check(check.CheckID)) {
      state.putCheck(check, undefined, { token, source: 'api' });
    }
  }

  /** Registers in memory alone: definitions of files and stored ones. */
  putService(definition: ServiceDefinition, options: RegisterOptions): void {
    const { state } = this.parts;
    validateServiceDefinition(definition);
    const service = toAgentService(definition);
    const token = definition.token || options.token || '';
    // Made before anything changes: it may be refused.
    const sidecar = this.sidecarFor(definition, service, token);
    if (!state.service(service.ID)) this.requireRoom(state.allServices.size, 'services');
    const checks = checksOfService(definition).filter(({ id }) => !options.without?.includes(id));
    this.requireDistinct(checks);
    const begin = checks.map((check) => this.prepareCheck(check, options));
    state.putService(this.parts.central.merged(service), { token, source: options.source });
    for (const put of begin) put();
    if (options.replaceChecks) this.dropOtherChecks(service.ID, checks);
    // Checks that were registered apart carry the name and tags too.
    state.followService(service.ID);
    if (!sidecar) return;
    this.putService(sidecar, options);
    this.sidecars.set(service.ID, sidecar.id);
  }

  /** The sidecar's own registration, with the port that it has or gets. */
  private sidecarFor(
    definition: ServiceDefinition,
    service: AgentService,
    token: string,
  ): ServiceDefinition | undefined {
    const own = sidecarOf(definition);
    if (!own) return undefined;
    const { state, sidecarPorts } = this.parts;
    const port =
      own.port ||
      this.portBefore(sidecarId(service.ID)) ||
      freeSidecarPort(sidecarPorts(), new Set(this.takenPorts()));
    const sidecar = sidecarDefinition(own, service, port, token);
    validateServiceDefinition(sidecar);
    toAgentService(sidecar);
    if (!state.service(sidecar.id)) this.requireRoom(state.allServices.size + 1, 'services');
    return sidecar;
  }

  /** A sidecar keeps its port over reloads and new registrations: who connects to it knows it. */
  private portBefore(id: string): number {
    return this.parts.state.service(id)?.service.Port ?? this.formerPorts.get(id) ?? 0;
  }

  private *takenPorts(): Iterable<number> {
    for (const { service } of this.parts.state.listServices()) yield service.Port;
    yield* this.formerPorts.values();
  }

  /** Registers in memory alone: definitions of files and stored ones. */
  putCheck(definition: CheckDefinition, options: RegisterOptions): void {
    validateCheckDefinition(definition);
    const { serviceId } = definition;
    if (serviceId !== '' && !this.parts.state.service(serviceId)) {
      throw new MeshError('not-found', `ServiceID "${serviceId}" does not exist`);
    }
    this.prepareCheck(definition, options)();
  }

  /** Stops and removes all: the first half of a reload. */
  removeAll(): void {
    const { state, runner, central } = this.parts;
    runner.clear();
    central.clear();
    this.formerPorts.clear();
    for (const id of this.sidecars.values()) this.formerPorts.set(id, this.portBefore(id));
    this.sidecars.clear();
    for (const { check } of state.listChecks()) state.removeCheck(check.CheckID);
    for (const { service } of state.listServices()) state.removeService(service.ID);
  }

  private prepareCheck(definition: CheckDefinition, options: RegisterOptions): () => void {
    const { state, runner, files, settings, platform } = this.parts;
    requireScriptPermission(definition, options.source, settings());
    const id = definition.id || definition.name;
    if (isMaintenance(id) || id === SERF_HEALTH) throw invalid(`CheckID "${id}" is reserved`);
    if (!state.check(id)) this.requireRoom(state.allChecks.size, 'checks');
    const start = runner.prepare(id, definition);
    return () => {
      const existing = state.check(id)?.check;
      const known =
        options.states?.get(id) ??
        (existing && { status: existing.Status, output: existing.Output }) ??
        (definition.ttlMs > 0 ? readTtlState(files, id, platform.clock.nowMs()) : undefined);
      const check = toAgentCheck({
        node: state.options.nodeName,
        definition: options.restored ? { ...definition, status: 'critical' } : definition,
        type: checkType(definition),
        service: state.service(definition.serviceId)?.service,
        state: known,
      });
      const token = definition.token || options.token || '';
      state.putCheck(check, definition, { token, source: options.source });
      start();
    };
  }

  private dropOtherChecks(serviceId: string, keep: readonly CheckDefinition[]): void {
    const kept = new Set(keep.map(({ id }) => id));
    for (const { check } of this.parts.state.checksOf(serviceId)) {
      if (kept.has(check.CheckID) || isMaintenance(check.CheckID)) continue;
      this.dropCheck(check.CheckID);
      void Promise.all(this.removeCheckFiles(check.CheckID)).catch(() => {});
    }
  }

  private dropCheck(id: string): boolean {
    this.parts.runner.remove(id);
    return this.parts.state.removeCheck(id);
  }

  /** A service's record has its checks: without this, the removed one would be back at a restart. */
  private async noteRemoved(serviceId: string, checkId: string): Promise<void> {
    if (serviceId === '' || isMaintenance(checkId)) return;
    await this.parts.files.update('services', serviceId, (record) => {
      const { Definition, Removed = [] } = record as ServiceRecord;
      const own = checksOfService(decodeServiceDefinition(Definition, '', { source: 'api' }));
      if (!own.some(({ id }) => id === checkId)) return record;
      return { ...(record as ServiceRecord), Removed: [...new Set([...Removed, checkId])] };
    });
  }

  private removeCheckFiles(id: string): readonly Promise<void>[] {
    const { files } = this.parts;
    return [files.remove('checks', id), files.remove('checks/state', id)];
  }

  private async setMaintenance(
    serviceId: string,
    enable: boolean,
    reason: string,
    token: string,
  ): Promise<void> {
    const { state, files, logger } = this.parts;
    const id = serviceId === '' ? NODE_MAINTENANCE : SERVICE_MAINTENANCE_PREFIX + serviceId;
    if (!enable) {
      if (await this.deregisterCheck(id)) logger.info('Maintenance mode ended', { check: id });
      return;
    }
    if (state.check(id)) return;
    this.restoreMaintenance(serviceId, reason, token);
    logger.info('Maintenance mode begun', { check: id, reason });
    await files.save('checks', id, {
      Token: token,
      Maintenance: { ServiceID: serviceId, Reason: reason },
    });
  }

  private requireRoom(count: number, what: string): void {
    if (count < ENTRIES_MAX) return;
    throw new MeshError('too-large', `too many ${what} on this agent, at most ${ENTRIES_MAX}`);
  }

  private requireDistinct(checks: readonly CheckDefinition[]): void {
    const seen = new Set<string>();
    for (const { id } of checks) {
      if (seen.has(id)) throw invalid(`check ID "${id}" is used twice in one service`);
      seen.add(id);
    }
  }
}
