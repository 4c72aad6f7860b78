import { aclRoutes } from '@mesh/api-contract';
import { MeshError, parseDuration } from '@mesh/base';
import {
  type BoundCall,
  type CallEndpoint,
  permissionDenied,
  type WriteContext,
  type WriteEndpoint,
} from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { matchingRules } from './binding-rules.ts';
import { tokenStore } from './commands.ts';
import { loginBody } from './decode.ts';
import { type GrantsRequest, storedGrants } from './links.ts';
import type { LoginVerifier, VerifiedIdentity } from './login-verifier.ts';
import { authMethodByName, digestOf, roleByName, rulesOf } from './queries.ts';
import { shownToken } from './show.ts';
import { aclNotFound } from './tokens.ts';
import type { StoredAuthMethod, StoredToken } from './types.ts';

/** A bearer token that is to be exchanged. */
export interface LoginRequest {
  readonly AuthMethod: string;
  readonly BearerToken: string;
  readonly Meta: Readonly<Record<string, string>>;
}

/** Exchanges the bearer token of an auth method for a token of ours. */
export const login: CallEndpoint<LoginRequest, object> = {
  kind: 'call',
  method: 'ACL.Login',
  acl: aclRoutes.login.acl,
  // The bearer token is the credential.
  guard: 'public',
};

/** Stores the token of a login that was verified; the leader's own. */
const loginStore: WriteEndpoint<
  { readonly request: LoginRequest; readonly identity: VerifiedIdentity },
  StoredToken
> = {
  kind: 'write',
  method: 'ACL.LoginStore',
  acl: aclRoutes.login.acl,
  guard: 'internal',
  prepare: ({ request, identity }, context) => {
    const { view, uuid, nowMs } = context;
    const method = authMethodByName(view, request.AuthMethod);
    if (!method) throw aclNotFound();
    const grants = grantsOf(identity, method, context);
    const secretId = uuid();
    const lifeMs = method.MaxTokenTTL === undefined ? undefined : parseDuration(method.MaxTokenTTL);
    const meta = Object.keys(request.Meta).length === 0 ? '' : `: ${JSON.stringify(request.Meta)}`;
    return {
      command: tokenStore,
      payload: {
        ...{ accessorId: uuid(), secretId, secretDigest: digestOf(secretId) },
        description: `token created via login${meta}`,
        ...grants,
        local: method.TokenLocality !== 'global',
        authMethod: method.Name,
        expiresAtMs: lifeMs === undefined ? null : nowMs + lifeMs,
        createdAtMs: nowMs,
        legacy: null,
      },
    };
  },
};

function grantsOf(
  identity: VerifiedIdentity,
  { Name, Type }: Pick<StoredAuthMethod, 'Name' | 'Type'>,
  { view, datacenter }: WriteContext,
) {
  const matched = matchingRules(rulesOf(view, Name), Type, identity);
  const named = (type: string) =>
    matched.filter(({ BindType }) => BindType === type).map(({ BindName }) => BindName);
  const request: GrantsRequest = {
    Policies: [],
    ServiceIdentities: named('service').map((ServiceName) => ({ ServiceName, Datacenters: [] })),
    NodeIdentities: named('node').map((NodeName) => ({ NodeName, Datacenter: datacenter })),
  };
  // A rule may name a role that is yet to come.
  const roles = named('role').flatMap((name) => roleByName(view, name)?.id ?? []);
  const grants = { ...storedGrants(view, request), roles: [...new Set(roles)] };
  const isNothing =
    grants.roles.length + grants.serviceIdentities.length + grants.nodeIdentities.length === 0;
  if (isNothing) throw permissionDenied();
  return grants;
}

export interface LoginParts {
  readonly verifier: LoginVerifier;
  readonly view: () => StateView;
  /** Writes as the leader. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
}

/** The call with the code behind it. */
export function boundLogin({ verifier, view, write }: LoginParts): BoundCall {
  return {
    endpoint: login,
    run: async (args) => {
      const request = decoded(args);
      const method = authMethodByName(view(), request.AuthMethod);
      if (!method) throw aclNotFound();
      const { Name: name, Type: type, Config: config } = method;
      const identity = await verifier.verify({ name, type, config }, request.BearerToken);
      const token = await write(loginStore, { request, identity });
      return shownToken(view(), token);
    },
  };
}

function decoded(args: unknown): LoginRequest {
  try {
    return loginBody.decode(args, '');
  } catch (thrown) {
    throw new MeshError('invalid-argument', MeshError.from(thrown).message);
  }
}
