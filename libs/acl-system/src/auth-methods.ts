import { type AclAuthMethod, aclRoutes } from '@mesh/api-contract';
import { flag, formatDuration, invalid, parseDuration, record } from '@mesh/base';
import type { BoundCall, CallEndpoint, ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { authMethodRemove, authMethodStore } from './commands.ts';
import { authMethodBody } from './decode.ts';
import { readsAcls, writesAcls } from './guards.ts';
import type { LoginVerifier } from './login-verifier.ts';
import { authMethodByName } from './queries.ts';
import { requireName } from './shapes.ts';
import { authMethods } from './table.ts';
import type { StoredAuthMethod, WithoutIndex } from './types.ts';

/** An auth method as clients send it. */
export interface AuthMethodRequest {
  readonly Name: string;
  readonly Type: string;
  readonly DisplayName: string;
  readonly Description: string;
  /** `5m`, or nanoseconds. */
  readonly MaxTokenTTL: unknown;
  readonly TokenLocality: string;
  readonly Config: Readonly<Record<string, unknown>>;
  /** A new one, which must not be there, or one that must. */
  readonly isNew: boolean;
}

const TYPES = ['jwt', 'kubernetes'];
const MIN_TTL_MS = 60_000;
const MAX_TTL_MS = 86_400_000;
const NANOSECONDS_PER_MS = 1e6;

/** Creates or replaces an auth method. */
export const authMethodSet: CallEndpoint<AuthMethodRequest, AclAuthMethod> = {
  kind: 'call',
  method: 'ACL.AuthMethodSet',
  acl: aclRoutes.methodCreate.acl,
  guard: writesAcls,
};

/** What setting an auth method takes. */
export interface AuthMethodParts {
  /** Knows what configurations must hold. */
  readonly verifier: Pick<LoginVerifier, 'check'>;
  readonly view: () => StateView;
  /** Writes as the leader. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
}

/** The call with the code behind it. */
export function boundAuthMethodSet({ verifier, view, write }: AuthMethodParts): BoundCall {
  return {
    endpoint: authMethodSet,
    run: (args) => {
      const { isNew } = record({ isNew: flag }).decode(args, '');
      const { isNew: _, ...fields } = args as AuthMethodRequest;
      const request = { ...authMethodBody.decode(fields, ''), isNew };
      const { Type, Config } = checkedMethod(request, view(), verifier);
      return write(authMethodWrite, { ...request, Type, Config });
    },
  };
}

/** The leader's own: what names and types there are may have changed meanwhile. */
const authMethodWrite: WriteEndpoint<AuthMethodRequest, StoredAuthMethod> = {
  kind: 'write',
  method: 'ACL.AuthMethodStore',
  acl: aclRoutes.methodCreate.acl,
  guard: 'internal',
  prepare: (request, { view }) => ({
    command: authMethodStore,
    payload: checkedMethod(request, view, { check: () => {} }),
  }),
};

function checkedMethod(
  request: AuthMethodRequest,
  view: StateView,
  verifier: Pick<LoginVerifier, 'check'>,
): WithoutIndex<StoredAuthMethod> {
  const { Name, Type, DisplayName, Description, TokenLocality, Config, isNew } = request;
  requireName('Auth Method', Name);
  const existing = authMethodByName(view, Name);
  if (!isNew && !existing) throw invalid(`Cannot find auth method "${Name}"`);
  if (existing && Type !== '' && Type !== existing.Type) {
    throw invalid(`the Type field of an Auth Method is immutable: it is ${existing.Type}`);
  }
  const type = Type || existing?.Type || '';
  if (!TYPES.includes(type)) {
    throw invalid(`Invalid Auth Method: Type should be one of: [${TYPES.join(' ')}]`);
  }
  if (!['', 'local', 'global'].includes(TokenLocality)) {
    throw invalid(
      `Invalid Auth Method: TokenLocality "${TokenLocality}", accepted are local and global`,
    );
  }
  const ttl = ttlOf(request.MaxTokenTTL, TokenLocality);
  verifier.check(type, Config);
  if (isNew && existing) {
    throw invalid(`Invalid Auth Method: an Auth Method with Name "${Name}" already exists`);
  }
  return {
    ...(ttl !== '' && { MaxTokenTTL: ttl }),
    Name: existing?.Name ?? Name,
    Type: type,
    ...(DisplayName !== '' && { DisplayName }),
    Description,
    ...(TokenLocality !== '' && { TokenLocality }),
    Config: sorted(Config),
  };
}

/** By names, as the original shows a map. */
function sorted(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ttlOf(given: unknown, locality: string): string {
  const ms =
    typeof given === 'number' ? given / NANOSECONDS_PER_MS : parseDuration(String(given || '0s'));
  if (ms === undefined)
    throw invalid(`Invalid Auth Method: MaxTokenTTL "${String(given)}" is no duration`);
  if (ms === 0 && locality !== 'global') return '';
  if (ms < MIN_TTL_MS || ms > MAX_TTL_MS) {
    throw invalid('Invalid Auth Method: MaxTokenTTL must be from 1m0s to 24h0m0s');
  }
  return formatDuration(ms);
}

/** Deletes an auth method with what hangs on it. */
export const authMethodDelete: WriteEndpoint<{ readonly name: string }, true> = {
  kind: 'write',
  method: 'ACL.AuthMethodDelete',
  acl: aclRoutes.methodDelete.acl,
  guard: writesAcls,
  prepare: ({ name }, { view }) =>
    authMethodByName(view, name)
      ? { command: authMethodRemove, payload: { name } }
      : { answer: true },
};

/** An auth method; null for none. */
export const authMethodRead: ReadEndpoint<{ readonly name: string }, AclAuthMethod | null> = {
  kind: 'read',
  method: 'ACL.AuthMethodRead',
  acl: aclRoutes.methodGet.acl,
  guard: readsAcls,
  run: (view, { name }) => authMethodByName(view, name) ?? null,
};

/** Auth methods, without their configuration. */
export const authMethodList: ReadEndpoint<Record<string, never>, readonly AclAuthMethod[]> = {
  kind: 'read',
  method: 'ACL.AuthMethodList',
  acl: aclRoutes.methodList.acl,
  guard: readsAcls,
  run: (view) =>
    Array.from(
      view.prefix(authMethods, ''),
      ({ Config: _config, MaxTokenTTL: _ttl, ...rest }): AclAuthMethod => rest,
    ),
};
