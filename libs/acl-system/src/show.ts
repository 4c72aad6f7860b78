/** Records as the API shows them. */
import type { AclPolicy, AclRole, AclToken } from '@mesh/api-contract';
import { timestamp } from '@mesh/base';
import type { StateView } from '@mesh/state';
import { shownGrants, shownRoles } from './links.ts';
import { sha256 } from './sha256.ts';
import type { StoredPolicy, StoredRole, StoredToken } from './types.ts';

/** Hash of what a record says, without indexes, for clients that want to know whether it changed. */
function hashOf(value: object): string {
  return sha256(JSON.stringify(value));
}

/** A policy. */
export function shownPolicy(policy: StoredPolicy): AclPolicy {
  const { id, name, description, rules, datacenters, CreateIndex, ModifyIndex } = policy;
  return {
    ID: id,
    Name: name,
    Description: description,
    Rules: rules,
    ...(datacenters.length > 0 && { Datacenters: datacenters }),
    Hash: hashOf({ name, description, rules, datacenters }),
    CreateIndex,
    ModifyIndex,
  };
}

/** A policy in a list. */
export function listedPolicy(policy: StoredPolicy): AclPolicy {
  const { Rules: _, Hash, CreateIndex, ModifyIndex, ...rest } = shownPolicy(policy);
  return { ...rest, Datacenters: rest.Datacenters ?? null, Hash, CreateIndex, ModifyIndex };
}

/** A role. */
export function shownRole(view: StateView, role: StoredRole): AclRole {
  const { id, name, description, policies, serviceIdentities, nodeIdentities } = role;
  return {
    ID: id,
    Name: name,
    Description: description,
    ...shownGrants(view, role),
    Hash: hashOf({ name, description, policies, serviceIdentities, nodeIdentities }),
    CreateIndex: role.CreateIndex,
    ModifyIndex: role.ModifyIndex,
  };
}

/** A token, with its secret. */
export function shownToken(view: StateView, token: StoredToken): AclToken {
  const { CreateIndex, ModifyIndex, secretId, secretDigest: _, createdAtMs, ...content } = token;
  const roles = shownRoles(view, token.roles);
  return {
    AccessorID: token.accessorId,
    SecretID: secretId,
    Description: token.description,
    ...shownGrants(view, token),
    ...(roles.length > 0 && { Roles: roles }),
    Local: token.local,
    ...(token.authMethod !== '' && { AuthMethod: token.authMethod }),
    ...(token.expiresAtMs !== null && { ExpirationTime: timestamp(token.expiresAtMs) }),
    CreateTime: timestamp(createdAtMs),
    Hash: hashOf(content),
    CreateIndex,
    ModifyIndex,
    ...(token.legacy && { Legacy: true }),
  };
}

/** A token in a list, without its secret. */
export function listedToken(view: StateView, token: StoredToken): AclToken {
  const { SecretID: _, ...rest } = shownToken(view, token);
  return rest;
}
