import { type AclToken, aclRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import {
  type BoundCall,
  type CallEndpoint,
  permissionDenied,
  type WriteContext,
  type WriteEndpoint,
} from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { bootstrapStore, policyStore, tokenStore } from './commands.ts';
import { bootstrapIndex, digestOf, policyById, tokenByAccessor, tokenBySecret } from './queries.ts';
import { shownToken } from './show.ts';
import {
  ANONYMOUS_ID,
  ANONYMOUS_SECRET,
  MANAGEMENT_POLICY_ID,
  type StoredPolicy,
  type StoredToken,
  type WithoutIndex,
} from './types.ts';

/** Rules of the policy that grants everything, as the original writes them. */
const MANAGEMENT_RULES = `
acl = "write"
agent_prefix "" {
	policy = "write"
}
event_prefix "" {
	policy = "write"
}
key_prefix "" {
	policy = "write"
}
keyring = "write"
node_prefix "" {
	policy = "write"
}
operator = "write"
query_prefix "" {
	policy = "write"
}
service_prefix "" {
	policy = "write"
	intentions = "write"
}
session_prefix "" {
	policy = "write"
}`;

function management(
  description: string,
  { uuid, nowMs }: Pick<WriteContext, 'uuid' | 'nowMs'>,
  secret?: string,
): WithoutIndex<StoredToken> {
  const secretId = secret ?? uuid();
  return {
    ...grantless(uuid(), secretId, description, nowMs),
    policies: [MANAGEMENT_POLICY_ID],
  };
}

function grantless(
  accessorId: string,
  secretId: string,
  description: string,
  nowMs: number,
): WithoutIndex<StoredToken> {
  return {
    ...{ accessorId, secretId, secretDigest: digestOf(secretId), description },
    ...{ policies: [], roles: [], serviceIdentities: [], nodeIdentities: [] },
    ...{ local: false, authMethod: '', expiresAtMs: null, createdAtMs: nowMs, legacy: null },
  };
}

/** Creates the first management token, once. */
export const bootstrap: CallEndpoint<Record<string, never>, AclToken> = {
  kind: 'call',
  method: 'ACL.BootstrapTokens',
  acl: aclRoutes.bootstrap.acl,
  // There is nobody yet who could have rights.
  guard: 'public',
};

/** What making the first management token takes. */
export interface BootstrapParts {
  /** Whether this is the primary datacenter, the only one where it is made. */
  readonly isPrimary: boolean;
  /** Index of the last time, where an operator has put it into the file that allows another; 0 for none. */
  readonly bootstrapResetIndex: () => number;
  readonly view: () => StateView;
  /** Writes as the leader. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
}

/** The call with the code behind it. */
export function boundBootstrap(parts: BootstrapParts): BoundCall {
  return {
    endpoint: bootstrap,
    run: async () => {
      if (!parts.isPrimary) throw invalid('ACLs are bootstrapped in the primary datacenter');
      const stored = await parts.write(bootstrapWrite, parts.bootstrapResetIndex());
      const view = parts.view();
      // Null where another request was faster.
      if (!stored) throw bootstrapped(bootstrapIndex(view) ?? 0);
      return shownToken(view, stored);
    },
  };
}

/** The leader's own; its argument is the index that the file has. */
const bootstrapWrite: WriteEndpoint<number, StoredToken | null> = {
  kind: 'write',
  method: 'ACL.BootstrapStore',
  acl: aclRoutes.bootstrap.acl,
  guard: 'internal',
  prepare: (resetIndex, context) => {
    const done = bootstrapIndex(context.view);
    if (done !== undefined && done !== resetIndex) throw bootstrapped(done);
    const token = management('Bootstrap Token (Global Management)', context);
    return { command: bootstrapStore, payload: { token, resetIndex } };
  },
};

function bootstrapped(index: number): Error {
  return permissionDenied(`ACL bootstrap no longer allowed (reset index: ${index})`);
}

/** What there always is. One of them at a time, as a log entry is one command. */
export type Builtin =
  | { readonly kind: 'policy' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'master'; readonly secret: string };

/** Stores a part of what there always is; the leader's duty. */
export const aclSeed: WriteEndpoint<Builtin, unknown> = {
  kind: 'write',
  method: 'ACL.Seed',
  acl: aclRoutes.bootstrap.acl,
  guard: 'internal',
  prepare: (builtin, context) => {
    switch (builtin.kind) {
      case 'policy':
        return { command: policyStore, payload: managementPolicy() };
      case 'anonymous': {
        const payload = grantless(ANONYMOUS_ID, ANONYMOUS_SECRET, 'Anonymous Token', context.nowMs);
        return { command: tokenStore, payload };
      }
      case 'master': {
        const token = management('Master Token', context, builtin.secret);
        // Who has configured one has bootstrapped: nobody else may ask for another.
        return bootstrapIndex(context.view) === undefined
          ? { command: bootstrapStore, payload: { token, resetIndex: 0 } }
          : { command: tokenStore, payload: token };
      }
    }
  },
};

function managementPolicy(): WithoutIndex<StoredPolicy> {
  return {
    id: MANAGEMENT_POLICY_ID,
    name: 'global-management',
    description: 'Builtin Policy that grants unlimited access',
    rules: MANAGEMENT_RULES,
    datacenters: [],
  };
}

/** What is missing of what there always is. `masterSecret` '' is none. */
export function missingBuiltins(view: StateView, masterSecret: string): readonly Builtin[] {
  const missing: Builtin[] = [];
  if (policyById(view, MANAGEMENT_POLICY_ID)?.rules !== MANAGEMENT_RULES) {
    missing.push({ kind: 'policy' });
  }
  if (!tokenByAccessor(view, ANONYMOUS_ID)) missing.push({ kind: 'anonymous' });
  if (masterSecret !== '' && !tokenBySecret(view, masterSecret)) {
    missing.push({ kind: 'master', secret: masterSecret });
  }
  return missing;
}
