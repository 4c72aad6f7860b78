import { MANAGE_ALL } from '@mesh/acl';
import { aclResource, type LoginVerifier } from '@mesh/acl-system';
import { type Component, MeshError } from '@mesh/base';
import type { Resource, WriteEndpoint } from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import { AclKeeper } from '../duties/acl-keeper.ts';
import type { ServerOptions } from '../server-options.ts';
import type { Authorizers } from './authorizers.ts';
import { TokenAuthorizers } from './token-authorizers.ts';

/** While ACLs are off. */
const ALL_ALLOWED: Authorizers = { of: () => MANAGE_ALL, isCurrent: () => true };
const NO_LOGIN: LoginVerifier = {
  check: () => {},
  verify: () => Promise.reject(new MeshError('unsupported', 'ACL support disabled')),
};

export interface AclPartsOptions
  extends Pick<ServerOptions, 'acl' | 'datacenter' | 'platform' | 'logger'> {
  /** Whether tokens and policies are made here. */
  readonly isPrimary: boolean;
  /** Asked for only once the server is built. */
  readonly store: () => StateStore;
  /** Writes as the leader. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
}

/** What ACLs add to a server. */
export class AclParts {
  /** Tables and endpoints are there also where ACLs are off, so that states fit. */
  readonly resource: Resource;
  private readonly options: AclPartsOptions;

  constructor(options: AclPartsOptions) {
    const { acl, store, write, isPrimary } = options;
    this.options = options;
    this.resource = aclResource({
      verifier: acl?.verifier ?? NO_LOGIN,
      bootstrapResetIndex: acl?.bootstrapResetIndex ?? (() => 0),
      isPrimary,
      view: () => store().view(),
      write,
    });
  }

  /** Who may do what, by the tokens of the store. */
  authorizers(store: StateStore): Authorizers {
    const { acl, datacenter, platform } = this.options;
    if (!acl) return ALL_ALLOWED;
    const { defaultPolicy: fallback } = acl;
    return new TokenAuthorizers({ store, clock: platform.clock, datacenter, fallback });
  }

  /** What the leader does for them; tokens and policies are the primary datacenter's. */
  duties(): readonly Component[] {
    const { acl, platform, logger, store, write, isPrimary } = this.options;
    if (!acl || !isPrimary) return [];
    const { masterSecret } = acl;
    const parts = { platform, masterSecret, write, logger: logger.named('acl') };
    return [new AclKeeper({ ...parts, view: () => store().view() })];
  }
}
