/** The API of before 1.4: a token is its secret, with rules of its own in the syntax of then. */
import { parseRules } from '@mesh/acl';
import { aclRoutes } from '@mesh/api-contract';
import { invalid, MeshError } from '@mesh/base';
import type { ReadEndpoint, WriteContext, WriteEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { tokenStore, tokensRemove } from './commands.ts';
import { writesAcls } from './guards.ts';
import { digestOf, isExpired, tokenBySecret } from './queries.ts';
import { tokens } from './table.ts';
import {
  ANONYMOUS_ID,
  MANAGEMENT_POLICY_ID,
  type StoredToken,
  type WithoutIndex,
} from './types.ts';

/** A token as that API shows it. */
export interface LegacyToken {
  /** The secret. */
  readonly ID: string;
  readonly Name: string;
  readonly Type: 'client' | 'management';
  readonly Rules: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

export interface LegacyRequest {
  readonly ID: string;
  readonly Name: string;
  readonly Type: string;
  readonly Rules: string;
}

/** A token in the form of then; undefined where that cannot say what it is. */
function legacyForm(token: StoredToken): LegacyToken | undefined {
  const isManagement =
    !token.legacy &&
    token.policies.length === 1 &&
    token.policies[0] === MANAGEMENT_POLICY_ID &&
    token.roles.length + token.serviceIdentities.length + token.nodeIdentities.length === 0;
  if (!token.legacy && !isManagement) return undefined;
  return {
    ID: token.secretId,
    Name: token.description,
    Type: token.legacy?.type ?? 'management',
    Rules: token.legacy?.rules ?? '',
    CreateIndex: token.CreateIndex,
    ModifyIndex: token.ModifyIndex,
  };
}

/** Creates a token, or replaces the one of the secret. */
export const legacySet: WriteEndpoint<LegacyRequest, StoredToken> = {
  kind: 'write',
  method: 'ACL.LegacyApply',
  acl: aclRoutes.legacyCreate.acl,
  guard: writesAcls,
  isPrimarys: true,
  prepare: (request, context) => ({ command: tokenStore, payload: checked(request, context) }),
};

function checked(request: LegacyRequest, { view, uuid, nowMs }: WriteContext) {
  const type = request.Type === '' ? 'client' : request.Type;
  if (type !== 'client' && type !== 'management') {
    throw invalid(`Invalid ACL Type "${type}", accepted are client and management`);
  }
  parseRules(request.Rules, 'legacy');
  const secretId = request.ID === '' ? uuid() : request.ID;
  const existing = tokenBySecret(view, secretId);
  if (existing?.accessorId === ANONYMOUS_ID) {
    throw new MeshError('permission-denied', 'Permission denied: Cannot modify root ACL');
  }
  const payload: WithoutIndex<StoredToken> = {
    ...{ accessorId: existing?.accessorId ?? uuid(), secretId, secretDigest: digestOf(secretId) },
    ...{ policies: [], roles: [], serviceIdentities: [], nodeIdentities: [] },
    ...{ local: false, authMethod: '', expiresAtMs: null, description: request.Name },
    createdAtMs: existing?.createdAtMs ?? nowMs,
    legacy: { type, rules: request.Rules },
  };
  return payload;
}

/** Copies a token. */
export const legacyClone: WriteEndpoint<{ readonly id: string }, StoredToken> = {
  kind: 'write',
  method: 'ACL.LegacyClone',
  acl: aclRoutes.legacyClone.acl,
  guard: writesAcls,
  isPrimarys: true,
  prepare: ({ id }, context) => {
    const found = infoOf(context.view, id, context.nowMs);
    if (!found) throw new MeshError('not-found', `Token ${id} does not exist`);
    return { command: tokenStore, payload: checked({ ...found, ID: '' }, context) };
  },
};

/** Deletes a token by its secret. */
export const legacyDestroy: WriteEndpoint<{ readonly id: string }, true> = {
  kind: 'write',
  method: 'ACL.LegacyDestroy',
  acl: aclRoutes.legacyDestroy.acl,
  guard: writesAcls,
  isPrimarys: true,
  prepare: ({ id }, { view }) => {
    const found = tokenBySecret(view, id);
    if (!found) return { answer: true };
    if (found.accessorId === ANONYMOUS_ID) {
      throw invalid('Delete operation not permitted on the anonymous token');
    }
    return { command: tokensRemove, payload: { accessors: [found.accessorId] } };
  },
};

function infoOf(view: StateView, secret: string, nowMs: number): LegacyToken | undefined {
  const token = tokenBySecret(view, secret);
  return token && !isExpired(token, nowMs) ? legacyForm(token) : undefined;
}

/** A token by its secret, as a list of one or none. */
export const legacyInfo: ReadEndpoint<{ readonly id: string }, readonly LegacyToken[]> = {
  kind: 'read',
  method: 'ACL.LegacyGet',
  acl: aclRoutes.legacyInfo.acl,
  // Whoever knows the secret is the token.
  guard: 'public',
  run: (view, { id }, { nowMs }) =>
    [infoOf(view, id, nowMs)].filter((found) => found !== undefined),
};

/** Tokens that have a form of then. */
export const legacyList: ReadEndpoint<Record<string, never>, readonly LegacyToken[]> = {
  kind: 'read',
  method: 'ACL.LegacyList',
  acl: aclRoutes.legacyList.acl,
  guard: writesAcls,
  run: (view, _args, { nowMs }) =>
    Array.from(view.prefix(tokens, ''))
      .filter((token) => !isExpired(token, nowMs))
      .flatMap((token) => legacyForm(token) ?? []),
};

/** Rules of a token of then, by accessor; null for none. */
export const legacyRules: ReadEndpoint<{ readonly accessor: string }, string | null> = {
  kind: 'read',
  method: 'ACL.LegacyRules',
  acl: aclRoutes.translateTokenRules.acl,
  guard: { check: (authorizer) => authorizer.allows('acl', 'read', '') },
  run: (view, { accessor }) => view.get(tokens, accessor.toLowerCase())?.legacy?.rules ?? null,
};
