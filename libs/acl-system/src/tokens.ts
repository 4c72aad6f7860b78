import { type AclToken, aclRoutes } from '@mesh/api-contract';
import { formatDuration, invalid, MeshError, parseDuration } from '@mesh/base';
import {
  permissionDenied,
  type ReadEndpoint,
  type WriteContext,
  type WriteEndpoint,
} from '@mesh/resource';
import { tokenStore, tokensRemove } from './commands.ts';
import { readsAcls, writesAcls } from './guards.ts';
import { type GrantsRequest, type LinkRequest, roleIds, storedGrants } from './links.ts';
import { digestOf, isExpired, tokenByAccessor, tokenBySecret } from './queries.ts';
import { isUuid, requireUuid } from './shapes.ts';
import { listedToken, shownToken } from './show.ts';
import { tokens } from './table.ts';
import { ANONYMOUS_ID, type StoredToken, type WithoutIndex } from './types.ts';

/** A token as clients send it. */
export interface TokenRequest extends GrantsRequest {
  readonly AccessorID: string;
  readonly SecretID: string;
  readonly Description: string;
  readonly Roles: readonly LinkRequest[];
  readonly Local: boolean;
  readonly AuthMethod: string;
  /** RFC 3339; '' for none. */
  readonly ExpirationTime: string;
  /** `24h`, or digits for nanoseconds; '' for none. */
  readonly ExpirationTTL: string;
  /** Whether the accessor names a new token or one that must be there. */
  readonly isNew: boolean;
}

const MIN_LIFE_MS = 60_000;
const MAX_LIFE_MS = 86_400_000;
/** Accessors and secrets that stand for something else. */
const RESERVED = '00000000-0000-0000-0000-0000000000';
/** In the place of a secret. */
const HIDDEN = '<hidden>';

/** Creates a token, or replaces one. Tokens that are not local belong to the primary datacenter. */
export const tokenSet: WriteEndpoint<TokenRequest, StoredToken> = {
  kind: 'write',
  method: 'ACL.TokenSet',
  acl: aclRoutes.tokenCreate.acl,
  guard: writesAcls,
  isPrimarys: ({ Local }: TokenRequest) => !Local,
  prepare: (request, context) => ({
    command: tokenStore,
    payload: request.isNew ? newToken(request, context) : changedToken(request, context),
  }),
};

function newToken(request: TokenRequest, context: WriteContext): WithoutIndex<StoredToken> {
  const { view, uuid, nowMs } = context;
  const accessorId = given('AccessorID', request.AccessorID, uuid);
  const secretId = given('SecretID', request.SecretID, uuid);
  if (tokenByAccessor(view, accessorId)) {
    throw new MeshError('conflict', 'Invalid Token: AccessorID is already in use');
  }
  if (tokenBySecret(view, secretId)) {
    throw new MeshError('conflict', 'Invalid Token: SecretID is already in use');
  }
  if (request.AuthMethod !== '') {
    throw invalid('Invalid Token: AuthMethod is set by a login alone');
  }
  return {
    ...{ accessorId, secretId, secretDigest: digestOf(secretId) },
    ...contents(request, context),
    ...{ local: request.Local, authMethod: '', createdAtMs: nowMs, legacy: null },
    expiresAtMs: expiryOf(request, nowMs),
  };
}

function given(field: string, value: string, uuid: () => string): string {
  if (value === '') return uuid();
  if (!isUuid(value))
    throw invalid(`Invalid Token: ${field} "${value}" is no UUID of 36 characters`);
  if (value.startsWith(RESERVED)) throw invalid(`Invalid Token: ${field} "${value}" is reserved`);
  return value.toLowerCase();
}

function contents(request: TokenRequest, { view }: WriteContext) {
  return {
    description: request.Description,
    ...storedGrants(view, request),
    roles: roleIds(view, request.Roles),
  };
}

/** When a new token ends, milliseconds; null for never. */
function expiryOf({ ExpirationTime, ExpirationTTL }: TokenRequest, nowMs: number): number | null {
  if (ExpirationTime !== '' && ExpirationTTL !== '') {
    throw invalid('Token Expiration TTL and Expiration Time cannot both be set');
  }
  if (ExpirationTime === '' && ExpirationTTL === '') return null;
  const lifeMs =
    ExpirationTTL === '' ? Date.parse(ExpirationTime) - nowMs : durationMs(ExpirationTTL);
  if (Number.isNaN(lifeMs)) {
    throw invalid(`ExpirationTime "${ExpirationTime}" is no time such as 2030-01-02T15:04:05Z`);
  }
  if (lifeMs < MIN_LIFE_MS || lifeMs > MAX_LIFE_MS) {
    const bound = lifeMs < MIN_LIFE_MS ? 'less than 1m0s' : 'more than 24h0m0s';
    throw invalid(
      `ExpirationTime cannot be ${bound} in the future (was ${formatDuration(lifeMs)})`,
    );
  }
  return nowMs + lifeMs;
}

function durationMs(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) / 1e6 : parseDuration(text);
  if (ms === undefined) throw invalid(`ExpirationTTL "${text}" is no duration such as 24h`);
  return ms;
}

function changedToken(request: TokenRequest, context: WriteContext): WithoutIndex<StoredToken> {
  const { view, nowMs } = context;
  const accessor = requireUuid(request.AccessorID, 'Token AccessorID');
  const existing = tokenByAccessor(view, accessor);
  if (!existing || isExpired(existing, nowMs)) {
    throw new MeshError('not-found', `Cannot find token "${accessor}"`);
  }
  if (request.SecretID !== '' && request.SecretID.toLowerCase() !== existing.secretId) {
    throw invalid('Changing a tokens SecretID is not permitted');
  }
  if (request.Local !== existing.local) {
    throw invalid(`cannot toggle local mode of ${accessor}`);
  }
  if (request.AuthMethod !== '' && request.AuthMethod !== existing.authMethod) {
    throw invalid(`Cannot change AuthMethod of ${accessor}`);
  }
  if (request.ExpirationTTL !== '') throw invalid('Cannot change expiration time of a token');
  if (
    request.ExpirationTime !== '' &&
    !(Math.abs(Date.parse(request.ExpirationTime) - (existing.expiresAtMs ?? 0)) < 1)
  ) {
    throw invalid(`Cannot change expiration time of ${accessor}`);
  }
  const { CreateIndex: _c, ModifyIndex: _m, ...kept } = existing;
  return { ...kept, ...contents(request, context), legacy: null };
}

/** A token to be copied or deleted. */
interface NamedToken {
  readonly accessor: string;
  /** Where it counts in its datacenter alone; others are the primary datacenter's. */
  readonly isLocal: boolean;
}

/** What a clone is to be called; the rest is the original's. */
export interface CloneRequest extends NamedToken {
  readonly description: string;
}

const isGlobal = ({ isLocal }: NamedToken) => !isLocal;

/** Creates a token with the grants of another. */
export const tokenClone: WriteEndpoint<CloneRequest, StoredToken> = {
  kind: 'write',
  method: 'ACL.TokenClone',
  acl: aclRoutes.tokenClone.acl,
  guard: writesAcls,
  isPrimarys: isGlobal,
  prepare: ({ accessor, description }, { view, uuid, nowMs }) => {
    const source = tokenByAccessor(view, accessor);
    if (!source || isExpired(source, nowMs)) throw aclNotFound();
    if (source.authMethod !== '') throw invalid('Cannot clone a token created from an auth method');
    const { CreateIndex: _c, ModifyIndex: _m, ...kept } = source;
    const secretId = uuid();
    const own = { accessorId: uuid(), secretId, secretDigest: digestOf(secretId) };
    const payload = {
      ...kept,
      ...own,
      createdAtMs: nowMs,
      description: description === '' ? source.description : description,
    };
    return { command: tokenStore, payload };
  },
};

/** Deletes a token, if it is there. */
export const tokenDelete: WriteEndpoint<NamedToken & { readonly asker: string }, true> = {
  kind: 'write',
  method: 'ACL.TokenDelete',
  acl: aclRoutes.tokenDelete.acl,
  guard: writesAcls,
  isPrimarys: isGlobal,
  prepare: ({ accessor: named, asker }, { view }) => {
    const accessor = requireUuid(named, 'Token AccessorID');
    if (accessor === ANONYMOUS_ID) {
      throw invalid('Delete operation not permitted on the anonymous token');
    }
    const found = tokenByAccessor(view, accessor);
    if (!found) return { answer: true };
    if (asker !== '' && found.secretDigest === digestOf(asker)) {
      throw invalid("Deletion of the request's authorization token is not permitted");
    }
    return { command: tokensRemove, payload: { accessors: [accessor] } };
  },
};

/** A token by accessor; its secret only to who may write tokens, and so could make one. Null for none. */
export const tokenRead: ReadEndpoint<{ readonly accessor: string }, AclToken | null> = {
  kind: 'read',
  method: 'ACL.TokenRead',
  acl: aclRoutes.tokenGet.acl,
  guard: {
    ...readsAcls,
    filter: (authorizer, token) =>
      token && !authorizer.allows('acl', 'write', '') ? { ...token, SecretID: HIDDEN } : token,
  },
  run: (view, { accessor }, { nowMs }) => {
    const token = tokenByAccessor(view, accessor);
    return token && !isExpired(token, nowMs) ? shownToken(view, token) : null;
  },
};

/** The token of a secret, for its bearer. Null for none. */
export const tokenSelf: ReadEndpoint<{ readonly secret: string }, AclToken | null> = {
  kind: 'read',
  method: 'ACL.TokenSelf',
  acl: aclRoutes.tokenSelf.acl,
  // Whoever knows the secret is the token.
  guard: 'public',
  run: (view, { secret }, { nowMs }) => {
    const token = secret === '' ? undefined : tokenBySecret(view, secret);
    return token && !isExpired(token, nowMs) ? shownToken(view, token) : null;
  },
};

/** Which tokens a list is to have; '' for all. */
export interface TokenFilter {
  readonly policy: string;
  readonly role: string;
  readonly authMethod: string;
}

/** Tokens, without their secrets. */
export const tokenList: ReadEndpoint<TokenFilter, readonly AclToken[]> = {
  kind: 'read',
  method: 'ACL.TokenList',
  acl: aclRoutes.tokenList.acl,
  guard: readsAcls,
  run: (view, { policy, role, authMethod }, { nowMs }) =>
    Array.from(view.prefix(tokens, ''))
      .filter((token) => !isExpired(token, nowMs))
      .filter((token) => policy === '' || token.policies.includes(policy.toLowerCase()))
      .filter((token) => role === '' || token.roles.includes(role.toLowerCase()))
      .filter((token) => authMethod === '' || token.authMethod === authMethod)
      .map((token) => listedToken(view, token)),
};

/** Deletes tokens whose time is over; the leader's duty. */
export const tokensReap: WriteEndpoint<{ readonly limit: number }, true> = {
  kind: 'write',
  method: 'ACL.TokensReap',
  acl: aclRoutes.tokenDelete.acl,
  guard: 'internal',
  prepare: ({ limit }, { view, nowMs }) => {
    const accessors: string[] = [];
    for (const token of view.prefix(tokens, '')) {
      if (accessors.length >= limit) break;
      if (isExpired(token, nowMs)) accessors.push(token.accessorId);
    }
    return accessors.length === 0
      ? { answer: true }
      : { command: tokensRemove, payload: { accessors } };
  },
};

/** Ends the token of a secret, where it came of a login. */
export const tokenLogout: WriteEndpoint<{ readonly secret: string }, true> = {
  kind: 'write',
  method: 'ACL.Logout',
  acl: aclRoutes.logout.acl,
  // Whoever knows the secret may end it.
  guard: 'public',
  prepare: ({ secret }, { view, nowMs }) => {
    const token = secret === '' ? undefined : tokenBySecret(view, secret);
    if (!token || isExpired(token, nowMs)) throw aclNotFound();
    if (token.authMethod === '') throw permissionDenied();
    return { command: tokensRemove, payload: { accessors: [token.accessorId] } };
  },
};

/** The original's words for a token, or anything else of the ACLs, that does not exist. */
export function aclNotFound(): MeshError {
  return new MeshError('permission-denied', 'ACL not found');
}
