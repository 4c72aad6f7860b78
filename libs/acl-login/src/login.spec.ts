import { aclHttpRoutes, aclResource, RulesCache, resolveSecret } from '@mesh/acl-system';
import { PLAIN_WRITE } from '@mesh/resource';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { LoginWorld, NOW_S } from './testing/login-world.ts';
import { ecPair, pemOf, signedToken } from './testing/signed-tokens.ts';

const pair = ecPair();
const method = {
  Name: 'ci',
  Type: 'jwt',
  MaxTokenTTL: '5m',
  Config: {
    JWTValidationPubKeys: [pemOf(pair)],
    JWTSupportedAlgs: ['ES256'],
    BoundAudiences: ['mesh'],
    ClaimMappings: { sub: 'user' },
    ListClaimMappings: { groups: 'groups' },
  },
};
const claims = { sub: 'web', aud: 'mesh', exp: NOW_S + 60, groups: ['ops'] };

/** Servers' part and agents' part on one state store; whoever asks may do everything. */
function world() {
  const { verifier } = new LoginWorld();
  const rpc: DirectRpc = new DirectRpc([
    aclResource({
      ...{ verifier, isPrimary: true, bootstrapResetIndex: () => 0 },
      view: () => rpc.store.view(),
      write: (endpoint, args) => rpc.write(endpoint, args, PLAIN_WRITE),
    }),
  ]);
  const routes = aclHttpRoutes({
    ...{ rpc, isEnabled: true, primaryDatacenter: 'dc1' },
    authorizerOf: async () => rpc.authorizer,
  });
  const ask = async (verb: string, path: string, body: object) => {
    const reply = await callRoute(routes, verb, `/v1/acl/${path}`, body);
    return reply.kind === 'json' ? (reply.value as { readonly SecretID: string }) : undefined;
  };
  const login = (token: string) => ask('POST', 'login', { AuthMethod: 'ci', BearerToken: token });
  return { rpc, ask, login };
}

it('exchanges a JSON Web Token for a token with the rights of a service', async () => {
  const { rpc, ask, login } = world();
  await ask('PUT', 'auth-method', method);
  const rule = { AuthMethod: 'ci', BindType: 'service', BindName: '${value.user}' };
  await ask('PUT', 'binding-rule', { ...rule, Selector: 'ops in list.groups' });
  const token = await login(signedToken(pair, claims));
  expect(token).toMatchObject({ AuthMethod: 'ci', ServiceIdentities: [{ ServiceName: 'web' }] });
  const resolved = resolveSecret(rpc.store.view(), token!.SecretID, 'dc1', rpc.nowMs);
  const authorizer = new RulesCache().authorizer(resolved!, 'deny');
  expect(authorizer.allows('service', 'write', 'web')).toBe(true);
  expect(authorizer.allows('service', 'write', 'db')).toBe(false);
  await expect(login(signedToken(pair, { ...claims, groups: [] }))).rejects.toThrow(
    'Permission denied',
  );
  await expect(login(signedToken(ecPair(), claims))).rejects.toThrow('no known key');
  await expect(login(signedToken(pair, { ...claims, aud: 'x' }))).rejects.toThrow('aud claim');
});

it('stores no method by which nobody could log in', async () => {
  const { rpc, ask } = world();
  const { length } = rpc.applied;
  await expect(ask('PUT', 'auth-method', { ...method, Config: {} })).rejects.toThrow(
    "Invalid Auth Method: exactly one of 'JWTValidationPubKeys', 'JWKSURL', or 'OIDCDiscoveryURL'",
  );
  expect(rpc.applied).toHaveLength(length);
});
