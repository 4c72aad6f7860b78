import {
  type AutopilotConfiguration,
  type AutopilotSettings,
  type KeyringResponse,
  keyringRoutes,
  type OperatorHealth,
  operatorRoutes,
  type RaftConfiguration,
} from '@mesh/api-contract';
import { asIs, type ClientCore, type RouteTarget } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** A new configuration of autopilot, whole: what it does not name becomes false, 0 or ''. */
export type AutopilotChange = Partial<AutopilotSettings>;

/** The servers of the cluster. */
export class OperatorApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Servers of the raft configuration; with consistency `stale` also while nobody leads. */
  raftConfiguration(options?: ReadOptions): Read<RaftConfiguration> {
    const { raftConfiguration } = operatorRoutes;
    return this.#core.read(raftConfiguration, {}, {}, asIs<RaftConfiguration>(), options);
  }

  /** Takes a server out of the raft configuration; one that lives comes back. */
  async raftRemovePeer(
    peer: { readonly id: string } | { readonly address: string },
    options?: CallOptions,
  ): Promise<void> {
    const route = { route: operatorRoutes.raftRemovePeer, query: peer };
    // Asked again after a lost answer it would fail: the peer is no more.
    await this.#core.change({ ...route, idempotent: false }, options);
  }

  /** What autopilot goes by. */
  autopilotConfiguration(options?: ReadOptions): Read<AutopilotConfiguration> {
    const { autopilotConfiguration } = operatorRoutes;
    return this.#core.read(autopilotConfiguration, {}, {}, asIs<AutopilotConfiguration>(), options);
  }

  /**
   * Replaces what autopilot goes by. @param cas only if this is its ModifyIndex
   * @returns whether it was replaced
   */
  async autopilotSetConfiguration(
    change: AutopilotChange,
    { cas, ...options }: CallOptions & { readonly cas?: number } = {},
  ): Promise<boolean> {
    const route = { route: operatorRoutes.autopilotSetConfiguration, query: { cas } };
    const request = { ...route, body: change, idempotent: cas === undefined };
    const { body } = await this.#core.change(request, options);
    return body.trim() === 'true';
  }

  /** Health of the servers, also where not all are healthy. */
  autopilotHealth(options?: ReadOptions): Read<OperatorHealth> {
    const decoder = { ...asIs<OperatorHealth>(), accepts: [429], bodyOf: [429] };
    return this.#core.read(operatorRoutes.autopilotHealth, {}, {}, decoder, options);
  }

  /** Gossip keys that the members of each pool have. */
  keyringList(options?: ReadOptions): Read<readonly KeyringResponse[]> {
    return this.#core.read(keyringRoutes.list, {}, {}, asIs<readonly KeyringResponse[]>(), options);
  }

  /** Gives all members another key (base64), which they do not encrypt with yet. */
  async keyringInstall(key: string, options?: CallOptions): Promise<void> {
    await this.#keyring(keyringRoutes.install, key, options);
  }

  /** Makes all members encrypt with a key that they have. */
  async keyringUse(key: string, options?: CallOptions): Promise<void> {
    await this.#keyring(keyringRoutes.use, key, options);
  }

  /** Takes a key away from all members. */
  async keyringRemove(key: string, options?: CallOptions): Promise<void> {
    await this.#keyring(keyringRoutes.remove, key, options);
  }

  async #keyring(route: RouteTarget, Key: string, options?: CallOptions): Promise<void> {
    await this.#core.change({ route, body: { Key }, idempotent: true }, options);
  }
}
