import {
  type Authorizer,
  createAuthorizer,
  type Fallback,
  MANAGE_ALL,
  nodeIdentityRules,
  type PolicyRules,
  parseRules,
  serviceIdentityRules,
} from '@mesh/acl';
import { aclRoutes } from '@mesh/api-contract';
import type { ReadEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { isExpired, policyById, roleById, tokenBySecret } from './queries.ts';
import { aclNotFound } from './tokens.ts';
import {
  ANONYMOUS_SECRET,
  MANAGEMENT_POLICY_ID,
  type StoredGrants,
  type StoredPolicy,
  type StoredToken,
} from './types.ts';

/** What a secret stands for: plain data, so that agents may be told of it. */
export interface ResolvedToken {
  readonly accessorId: string;
  /** Nothing is denied. */
  readonly isManagement: boolean;
  /** Texts of rules, to be merged. */
  readonly rules: readonly RulesText[];
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAtMs: number | null;
}

export interface RulesText {
  readonly text: string;
  readonly syntax: 'current' | 'legacy';
}

/** The rules that the bearer of a secret goes by; '' is anonymous. Undefined for none, or an expired one. */
export function resolveSecret(
  view: StateView,
  secret: string,
  datacenter: string,
  nowMs: number,
): ResolvedToken | undefined {
  const token = tokenBySecret(view, secret === '' ? ANONYMOUS_SECRET : secret);
  if (!token || isExpired(token, nowMs)) return undefined;
  const { accessorId, expiresAtMs } = token;
  const found = grantsOf(view, token, datacenter);
  return { accessorId, expiresAtMs, ...found };
}

function grantsOf(view: StateView, token: StoredToken, datacenter: string) {
  if (token.legacy) {
    const { type, rules } = token.legacy;
    return {
      isManagement: type === 'management',
      rules: [{ text: rules, syntax: 'legacy' as const }],
    };
  }
  const all: StoredGrants[] = [token];
  for (const id of token.roles) {
    const role = roleById(view, id);
    if (role) all.push(role);
  }
  const policies = new Map<string, StoredPolicy>();
  for (const id of all.flatMap((grants) => grants.policies)) {
    const policy = policyById(view, id);
    if (policy && appliesIn(policy.datacenters, datacenter)) policies.set(id, policy);
  }
  const identities = all.flatMap((grants) => identityRules(grants, datacenter));
  const texts = [...Array.from(policies.values(), ({ rules }) => rules), ...identities];
  // Another policy could take something away again.
  const isManagement = policies.has(MANAGEMENT_POLICY_ID) && texts.length === 1;
  return { isManagement, rules: texts.map((text) => ({ text, syntax: 'current' as const })) };
}

function identityRules(grants: StoredGrants, datacenter: string): readonly string[] {
  const services = grants.serviceIdentities
    .filter(({ Datacenters }) => appliesIn(Datacenters ?? [], datacenter))
    .map(({ ServiceName }) => serviceIdentityRules(ServiceName));
  const nodes = grants.nodeIdentities
    .filter(({ Datacenter }) => Datacenter === datacenter)
    .map(({ NodeName }) => nodeIdentityRules(NodeName));
  return [...new Set([...services, ...nodes])];
}

function appliesIn(datacenters: readonly string[], datacenter: string): boolean {
  return datacenters.length === 0 || datacenters.includes(datacenter);
}

/** Rules that were read, by their text: many tokens share policies. */
export class RulesCache {
  private readonly parsed = new Map<string, PolicyRules>();
  private readonly capacity: number;

  constructor(capacity = 5000) {
    this.capacity = capacity;
  }

  /** Decides for whoever a secret was resolved to. */
  authorizer(resolved: ResolvedToken, fallback: Fallback): Authorizer {
    if (resolved.isManagement) return MANAGE_ALL;
    return createAuthorizer(
      resolved.rules.map((rules) => this.rulesOf(rules)),
      fallback,
    );
  }

  private rulesOf({ text, syntax }: RulesText): PolicyRules {
    const key = `${syntax}\0${text}`;
    let rules = this.parsed.get(key);
    if (!rules) {
      rules = parseRules(text, syntax);
      if (this.parsed.size >= this.capacity) this.parsed.clear();
      this.parsed.set(key, rules);
    }
    return rules;
  }
}

/** For agents without the state: what a secret stands for. Rejects with "ACL not found". */
export const tokenResolve: ReadEndpoint<{ readonly secret: string }, ResolvedToken> = {
  kind: 'read',
  method: 'ACL.TokenResolve',
  acl: aclRoutes.tokenSelf.acl,
  // Whoever knows the secret may know what it is good for.
  guard: 'public',
  run: (view, { secret }, { datacenter, nowMs }) => {
    const found = resolveSecret(view, secret, datacenter, nowMs);
    if (!found) throw aclNotFound();
    return found;
  },
};
