import { generate } from 'selfsigned';
import { LoginWorld, NOW_S } from '../testing/login-world.ts';
import { ecPair, signedToken } from '../testing/signed-tokens.ts';

const HOST = 'https://k8s.example:6443';
const REVIEW = `POST ${HOST}/apis/authentication.k8s.io/v1/tokenreviews`;
const ACCOUNT = `GET ${HOST}/api/v1/namespaces/shop/serviceaccounts/web`;
const pair = ecPair();
const reviewer = signedToken(pair, { sub: 'consul', exp: NOW_S });
const bearer = signedToken(pair, { sub: 'web', exp: NOW_S });
const user = { username: 'system:serviceaccount:shop:web', uid: 'u-1' };
let config: Readonly<Record<string, unknown>>;
let CACert: string;

beforeAll(async () => {
  CACert = (await generate([{ name: 'commonName', value: 'k8s' }], { keyType: 'ec' })).cert;
  config = { Host: `${HOST}/`, CACert, ServiceAccountJWT: reviewer };
});

function cluster(status: object, metadata: object = { name: 'web' }): LoginWorld {
  const world = new LoginWorld();
  world.answer(REVIEW, { status }, 201);
  world.answer(ACCOUNT, { metadata });
  return world;
}

it('asks the cluster who it is', async () => {
  const world = cluster({ authenticated: true, user });
  expect(await world.verify('kubernetes', config, bearer)).toEqual({
    values: { namespace: 'shop', name: 'web', uid: 'u-1' },
    lists: {},
  });
  expect(world.requests).toEqual([
    {
      method: 'POST',
      url: REVIEW.slice('POST '.length),
      caPem: CACert,
      bearer: reviewer,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: bearer },
      },
    },
    { method: 'GET', url: ACCOUNT.slice('GET '.length), caPem: CACert, bearer: reviewer },
  ]);
});

it('an account may stand for a service of another name', async () => {
  const annotations = { 'consul.hashicorp.com/service-name': 'frontend' };
  const world = cluster({ authenticated: true, user }, { name: 'web', annotations });
  const { values } = await world.verify('kubernetes', config, bearer);
  expect(values).toMatchObject({ namespace: 'shop', name: 'frontend' });
});

test.each([
  [{ error: 'token expired' }, 'lookup failed: token expired'],
  [{ authenticated: false, user }, 'lookup failed: service account jwt not valid'],
  [{ authenticated: 'true', user }, 'lookup failed: service account jwt not valid'],
  [{ authenticated: true, user: { username: 'admin' } }, 'not that of a service account'],
  [
    { authenticated: true, user: { username: 'system:serviceaccount:a:b:c' } },
    'not that of a service account',
  ],
  [{}, 'lookup failed: service account jwt not valid'],
])('%j', async (status, why) => {
  const world = cluster(status);
  const verified = world.verify('kubernetes', config, bearer);
  await expect(verified).rejects.toThrow(why);
  await expect(verified).rejects.toMatchObject({ code: 'permission-denied' });
  expect(world.requests).toHaveLength(1);
});

it('asks nobody about what is no token', async () => {
  const world = cluster({ authenticated: true, user });
  await expect(world.verify('kubernetes', config, 'x')).rejects.toThrow('error parsing token');
  expect(world.requests).toEqual([]);
});

it('says what the cluster says when it refuses us', async () => {
  const world = cluster({});
  world.answer(REVIEW, { message: 'Unauthorized' }, 401);
  const verified = world.verify('kubernetes', config, bearer);
  await expect(verified).rejects.toThrow(`${REVIEW}: status 401, Unauthorized`);
  await expect(verified).rejects.toMatchObject({ code: 'unavailable' });
});

it('knows what its configuration must hold', () => {
  const check = (changed: object) => () =>
    new LoginWorld().verifier.check('kubernetes', { ...config, ...changed });
  expect(check({})).not.toThrow();
  expect(check({ Host: '' })).toThrow('Invalid Auth Method: Config.Host is required');
  expect(check({ CACert: '' })).toThrow('Config.CACert is required');
  expect(check({ ServiceAccountJWT: null })).toThrow('Config.ServiceAccountJWT is required');
  expect(check({ ServiceAccountJWT: 'x' })).toThrow('ServiceAccountJWT is not a valid JWT');
  expect(check({ CACert: 'x' })).toThrow('Config.CACert holds no PEM certificate');
  expect(check({ Host: 'k8s' })).toThrow('Config.Host: "k8s" is no http or https URL');
  expect(check({ Port: 1 })).toThrow('unknown field "Port", accepted: Host, CACert');
});
