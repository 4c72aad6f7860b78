import type { DeregisterRequest, RegisterRequest } from '@mesh/api-contract';
import {
  type Component,
  type Logger,
  MeshError,
  type Metrics,
  type Platform,
  type Timer,
} from '@mesh/base';
import {
  catalogDeregister,
  catalogRegister,
  checkKey,
  checks,
  nameKey,
  nodeByName,
  nodes,
  SERF_HEALTH,
} from '@mesh/catalog';
import { MEMBER_STATUS, type Member, type Membership, serverMember } from '@mesh/membership';
import type { Consensus } from '@mesh/raft';
import type { WriteEndpoint } from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import { hasCode } from '../rpc/wire.ts';
import type { Departures } from './departures.ts';
import { joinRaft, leaveRaft } from './raft-membership.ts';
import { failureRegistration, isSuccessor, missingRegistration } from './registration.ts';

/** How often all members are compared with the catalog, milliseconds. */
const INTERVAL_MS = 60_000;
/** Wait before what failed is tried again, milliseconds. */
const RETRY_MS = 1000;
/** A node that this leader never saw as a member is forgotten after this, milliseconds. */
const UNSEEN_MS = 60_000;
/** Names of strangers that are remembered. */
const MAX_STRANGERS = 256;
/** Members or nodes looked at in one turn of the event loop. */
const SLICE = 500;

export interface ReconcilerOptions {
  readonly membership: Pick<Membership, 'members' | 'onChange'>;
  readonly consensus: Pick<Consensus, 'status' | 'changeConfiguration'>;
  readonly store: StateStore;
  /** Writes as the leader, or rejects with `no-leader`. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
  readonly departures: Departures;
  readonly platform: Platform;
  readonly metrics: Metrics;
  /** Named agent.server. */
  readonly logger: Logger;
  readonly nodeId: string;
  readonly datacenter: string;
}

/** One leadership's worth of reconciling. */
interface Reign {
  ended: boolean;
  /** Nodes, by key, that were members at any time. */
  readonly seen: Set<string>;
  /** Nodes, by key, that are no members: since when, milliseconds. */
  readonly missing: Map<string, number>;
}

/**
 * Leader duty: makes catalog and raft configuration follow the members. Alive members get their node,
 * their serfHealth and, as servers, the service `consul` and a place in the raft configuration; failed
 * ones are marked; those that left, or are members no more, go. Nothing is written when all is right.
 */
export class Reconciler implements Component {
  readonly name = 'reconciler';
  private reign: Reign | undefined;
  private unsubscribe: (() => void) | undefined;
  private timer: Timer | undefined;
  private working = false;
  private again = false;
  /** Members that are no agents of Consul's; told once. */
  private readonly strangers = new Set<string>();
  private readonly options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.reign) return;
    this.reign = { ended: false, seen: new Set(), missing: new Map() };
    this.unsubscribe = this.options.membership.onChange(() => this.schedule(0));
    this.work();
  }

  async stop(): Promise<void> {
    if (this.reign) this.reign.ended = true;
    this.reign = undefined;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Compares now rather than at the next change: somebody has seen that something is amiss. */
  nudge(): void {
    if (this.reign) this.schedule(0);
  }

  private schedule(delayMs: number): void {
    this.timer?.cancel();
    this.timer = this.options.platform.timers.after(delayMs, () => this.work());
  }

  /** One pass at a time; what changes meanwhile gets another. */
  private work(): void {
    if (this.working) {
      this.again = true;
      return;
    }
    const { reign } = this;
    if (!reign) return;
    this.working = true;
    this.again = false;
    const { clock } = this.options.platform;
    const startedAtMs = clock.monotonicMs();
    void this.pass(reign).then((isComplete) => {
      this.working = false;
      this.options.metrics.sample('leader.reconcile', clock.monotonicMs() - startedAtMs);
      if (!this.reign) return;
      // A new reign may have begun while the last pass of the old one was still running.
      if (this.again || reign.ended) this.work();
      else this.schedule(isComplete ? INTERVAL_MS : RETRY_MS);
    });
  }

  /** False when something is to be tried again soon. Never rejects. */
  private async pass(reign: Reign): Promise<boolean> {
    const members = this.options.membership.members();
    let isComplete = true;
    for (const [at, member] of members.entries()) {
      if (at % SLICE === SLICE - 1) await this.turn();
      if (reign.ended) return true;
      reign.seen.add(nameKey(member.Name));
      try {
        isComplete = (await this.reconcile(member)) && isComplete;
      } catch (thrown) {
        isComplete = false;
        if (!reign.ended) this.complain(member, thrown);
      }
    }
    try {
      await this.reap(reign, members);
    } catch (thrown) {
      isComplete = false;
      if (!reign.ended) {
        const error = MeshError.from(thrown).message;
        this.options.logger.error('failed to reap nodes', { error });
      }
    }
    return isComplete;
  }

  private async reconcile(member: Member): Promise<boolean> {
    if (!this.isOurs(member)) return true;
    const server = serverMember(member);
    const { departures } = this.options;
    const id = member.Tags.id ?? '';
    switch (member.Status) {
      case MEMBER_STATUS.alive:
        if (departures.has(id)) return true;
        await this.alive(member);
        return server
          ? this.change(() => joinRaft(this.options.consensus, server, this.logger))
          : true;
      case MEMBER_STATUS.failed:
        departures.forget(id);
        await this.failed(member);
        return true;
      case MEMBER_STATUS.left: {
        departures.forget(id);
        const isRight = !server || (await this.gone(id));
        await this.left(member, 'left');
        return isRight;
      }
      default:
        return true;
    }
  }

  /** Others than Consul's agents may be in the pool; they have no place in the catalog. */
  private isOurs({ Name, Tags }: Member): boolean {
    if (Tags.role === 'node' || Tags.role === 'consul') {
      return Tags.dc === this.options.datacenter;
    }
    if (!this.strangers.has(Name) && this.strangers.size < MAX_STRANGERS) {
      this.strangers.add(Name);
      this.logger.warn('skipping reconcile of node', { member: Name });
    }
    return false;
  }

  private async alive(member: Member): Promise<void> {
    const { store, datacenter } = this.options;
    const missing = missingRegistration(store.view(), member, datacenter);
    if (!missing) return;
    // The members say that the name is this one's now; the catalog lets go of a name only of the dead.
    if (isSuccessor(store.view(), member)) await this.failed(member);
    this.logger.info('member joined, marking health alive', { member: member.Name });
    await this.register(missing);
  }

  private async failed(member: Member): Promise<void> {
    const { store, datacenter } = this.options;
    const missing = failureRegistration(store.view(), member, datacenter);
    if (!missing) return;
    this.logger.info('member failed, marking health critical', { member: member.Name });
    await this.register(missing);
  }

  private async left(member: Member, reason: string): Promise<void> {
    if (member.Tags.id === this.options.nodeId) {
      this.logger.warn('deregistering self should be done by follower', { name: member.Name });
      return;
    }
    const node = nodeByName(this.options.store.view(), member.Name);
    // Another node may have the name by now.
    if (!node || (node.ID !== '' && node.ID !== member.Tags.id)) return;
    await this.deregister(node.Node, reason);
  }

  private async gone(id: string): Promise<boolean> {
    if (id === this.options.nodeId) return true;
    return this.change(async () => {
      await leaveRaft(this.options.consensus, id, this.logger);
    });
  }

  /** Nodes that agents were behind, and that are members no more. */
  private async reap(reign: Reign, members: readonly Member[]): Promise<void> {
    const { store, consensus, platform } = this.options;
    const present = new Set(members.map(({ Name }) => nameKey(Name)));
    const view = store.view();
    let looked = 0;
    for (const node of view.prefix(nodes, '')) {
      if (++looked % SLICE === 0) await this.turn();
      if (reign.ended) return;
      const key = nameKey(node.Node);
      if (present.has(key) || !view.get(checks, checkKey(node.Node, SERF_HEALTH))) {
        reign.missing.delete(key);
        continue;
      }
      // A leader that has just started may not have met all members yet.
      const nowMs = platform.clock.monotonicMs();
      const sinceMs = reign.missing.get(key) ?? nowMs;
      reign.missing.set(key, sinceMs);
      if (!reign.seen.has(key) && nowMs - sinceMs < UNSEEN_MS) continue;
      if (consensus.status().servers.some(({ id }) => id === node.ID)) continue;
      await this.deregister(node.Node, 'reaped');
      reign.missing.delete(key);
    }
  }

  /** False when the configuration is being changed by somebody else, and this has to wait. */
  private async change(run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (thrown) {
      if (!hasCode(thrown, 'conflict')) throw thrown;
      return false;
    }
  }

  private async register(request: RegisterRequest): Promise<void> {
    await this.options.write(catalogRegister, request);
  }

  private async deregister(node: string, reason: string): Promise<void> {
    this.logger.info('deregistering member', { member: node, reason });
    const request: DeregisterRequest = {
      Datacenter: this.options.datacenter,
      Node: node,
      ServiceID: '',
      CheckID: '',
    };
    await this.options.write(catalogDeregister, request);
  }

  private complain(member: Member, thrown: unknown): void {
    const error = MeshError.from(thrown).message;
    this.logger.error('failed to reconcile member', { member: member.Name, error });
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => this.options.platform.timers.after(0, resolve));
  }

  private get logger(): Logger {
    return this.options.logger;
  }
}
