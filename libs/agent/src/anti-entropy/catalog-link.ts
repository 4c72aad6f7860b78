import type { HealthCheck } from '@mesh/api-contract';
import type { Logger } from '@mesh/base';
import {
  catalogDeregister,
  catalogNodeServices,
  catalogRegister,
  type LooseRegister,
  type NodeWithServices,
  SERF_HEALTH,
} from '@mesh/catalog';
import { healthNodeChecks } from '@mesh/health';
import { PLAIN_READ, type Rpc } from '@mesh/resource';
import type { AgentService, CheckEntry, ServiceEntry } from '../local-state/entries.ts';
import type { LocalState } from '../local-state/local-state.ts';
import { sameCheck, sameService, sameValue } from '../local-state/same-entry.ts';

/** How this agent stands in the catalog. */
export interface NodeInfo {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly datacenter: string;
  readonly taggedAddresses: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, string>>;
}

/** Service by which servers announce themselves: the leader's, not the agent's. */
const CONSUL_SERVICE_ID = 'consul';

/** The single steps of anti-entropy: compare with the catalog, push or remove one entry. */
export class CatalogLink {
  private readonly state: LocalState;
  private readonly rpc: Rpc;
  private readonly logger: Logger;
  private readonly isServer: boolean;
  private readonly node: () => NodeInfo;
  /** Token for what has none of its own. */
  private readonly token: () => string;

  constructor(parts: {
    readonly state: LocalState;
    readonly rpc: Rpc;
    readonly logger: Logger;
    readonly isServer: boolean;
    readonly node: () => NodeInfo;
    readonly token: () => string;
  }) {
    this.state = parts.state;
    this.rpc = parts.rpc;
    this.logger = parts.logger;
    this.isServer = parts.isServer;
    this.node = parts.node;
    this.token = parts.token;
  }

  /** Reads what the catalog has of this node and marks every entry that differs. */
  async compare(): Promise<void> {
    const options = { ...PLAIN_READ, token: this.token() };
    const args = { node: this.node().name, filter: '' };
    const [services, checks] = await Promise.all([
      this.rpc.read(catalogNodeServices, args, options),
      this.rpc.read(healthNodeChecks, args, options),
    ]);
    this.compareNode(services.value);
    this.compareServices(services.value);
    this.compareChecks(checks.value);
  }

  /** Registers an instance together with those of its checks that have to be pushed as well. */
  async pushService(entry: ServiceEntry): Promise<void> {
    const { service } = entry;
    const checks = this.state
      .checksOf(service.ID)
      .filter((check) => !check.inSync && check.token === entry.token)
      .map((check) => ({ entry: check, pushed: check.check }));
    await this.register(
      entry.token,
      service,
      checks.map(({ pushed }) => pushed),
    );
    if (entry.service === service) entry.inSync = true;
    for (const { entry: check, pushed } of checks) markPushed(check, pushed);
    this.logger.info('Synced service', { service: service.ID });
  }

  /** Registers a check. */
  async pushCheck(entry: CheckEntry): Promise<void> {
    const pushed = entry.check;
    await this.register(entry.token, null, [pushed]);
    markPushed(entry, pushed);
    this.logger.info('Synced check', { check: pushed.CheckID });
  }

  /** Removes an instance; its checks go with it. */
  async dropService(entry: ServiceEntry): Promise<void> {
    await this.deregister(entry.token, { ServiceID: entry.service.ID, CheckID: '' });
    this.state.forgetService(entry);
    this.logger.info('Deregistered service', { service: entry.service.ID });
  }

  /** Removes a check. */
  async dropCheck(entry: CheckEntry): Promise<void> {
    await this.deregister(entry.token, { ServiceID: '', CheckID: entry.check.CheckID });
    this.state.forgetCheck(entry);
    this.logger.info('Deregistered check', { check: entry.check.CheckID });
  }

  /** Registers the node alone. */
  async pushNode(): Promise<void> {
    await this.register('', null, []);
    this.logger.info('Synced node info');
  }

  private async register(
    token: string,
    service: AgentService | null,
    checks: LooseRegister['Checks'],
  ): Promise<void> {
    const node = this.node();
    const skipNodeUpdate = this.state.nodeInfoInSync;
    const request: LooseRegister = {
      Datacenter: node.datacenter,
      ID: node.id,
      Node: node.name,
      Address: node.address,
      TaggedAddresses: node.taggedAddresses,
      NodeMeta: node.meta,
      Service: service,
      Checks: checks,
      SkipNodeUpdate: skipNodeUpdate,
    };
    const options = { datacenter: '', token: token || this.token() };
    await this.rpc.write(catalogRegister, request, options);
    if (!skipNodeUpdate && sameValue(node, this.node())) this.state.nodeInfoInSync = true;
  }

  private async deregister(
    token: string,
    what: { readonly ServiceID: string; readonly CheckID: string },
  ): Promise<void> {
    const request = { Datacenter: '', Node: this.node().name, ...what };
    const options = { datacenter: '', token: token || this.token() };
    await this.rpc.write(catalogDeregister, request, options);
  }

  private compareNode(found: NodeWithServices | null): void {
    const ours = this.node();
    this.state.nodeInfoInSync =
      found !== null &&
      found.node.ID === ours.id &&
      found.node.Address === ours.address &&
      sameValue(found.node.TaggedAddresses, ours.taggedAddresses) &&
      sameValue(found.node.Meta, ours.meta);
  }

  private compareServices(found: NodeWithServices | null): void {
    const remote = new Map(found?.services.map((service) => [service.ID, service]));
    for (const [id, entry] of this.state.allServices) {
      const theirs = remote.get(id);
      if (entry.deleted) {
        if (!theirs) this.state.forgetService(entry);
        continue;
      }
      if (theirs && entry.service.EnableTagOverride) {
        // Whoever writes the catalog may set the tags of such a service; ours follow.
        const Tags = theirs.Tags ?? [];
        if (!sameValue(Tags, entry.service.Tags)) this.state.adoptTags(entry, Tags);
      }
      entry.inSync = theirs !== undefined && sameService(entry.service, theirs);
    }
    for (const [id, { CreateIndex: _c, ModifyIndex: _m, ...service }] of remote) {
      if (this.isServer && id === CONSUL_SERVICE_ID) continue;
      this.state.markStrayService(service);
    }
  }

  private compareChecks(found: readonly HealthCheck[]): void {
    const remote = new Map(found.map((check) => [check.CheckID, check]));
    const ignoreOutput = this.state.options.updateIntervalMs > 0;
    for (const [id, entry] of this.state.allChecks) {
      const theirs = remote.get(id);
      if (entry.deleted) {
        if (!theirs) this.state.forgetCheck(entry);
      } else {
        entry.inSync = theirs !== undefined && sameCheck(entry.check, theirs, ignoreOutput);
      }
    }
    for (const [id, check] of remote) {
      // Whether the agent is alive is for the leader to say.
      if (id !== SERF_HEALTH) this.state.markStrayCheck(check);
    }
  }
}

/** In sync with what was pushed, unless it has changed meanwhile. */
function markPushed(entry: CheckEntry, pushed: CheckEntry['check']): void {
  if (entry.check !== pushed) return;
  entry.inSync = true;
  entry.deferred?.cancel();
  entry.deferred = undefined;
}
