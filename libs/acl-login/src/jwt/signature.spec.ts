import { LoginWorld, NOW_S } from '../testing/login-world.ts';
import {
  ecPair,
  hmacToken,
  pemOf,
  rsaPair,
  signedToken,
  unsignedToken,
} from '../testing/signed-tokens.ts';

const claims = { exp: NOW_S + 60, sub: 'bob' };
const ClaimMappings = { sub: 'user' };
const p256 = ecPair();
const p384 = ecPair('P-384');
const p521 = ecPair('P-521');
const rsa = rsaPair();

const configOf = (pem: string, ...JWTSupportedAlgs: string[]) => ({
  JWTValidationPubKeys: [pem],
  JWTSupportedAlgs,
  ClaimMappings,
});

test.each([
  ['ES256', p256],
  ['ES384', p384],
  ['ES512', p521],
  ['RS256', rsa],
  ['RS384', rsa],
  ['RS512', rsa],
  ['PS256', rsa],
  ['PS384', rsa],
  ['PS512', rsa],
])('%s', async (alg, pair) => {
  const world = new LoginWorld();
  const token = signedToken(pair, claims, { alg });
  const config = configOf(pemOf(pair), alg);
  expect(await world.verify('jwt', config, token)).toEqual({ values: { user: 'bob' }, lists: {} });
  const [head, body, signature] = token.split('.');
  const other = Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url');
  const changed = world.verify('jwt', config, `${head}.${other}.${signature}`);
  await expect(changed).rejects.toThrow('no known key successfully validated the token signature');
  await expect(changed).rejects.toMatchObject({ code: 'permission-denied' });
  await expect(world.verify('jwt', config, `${head}.${body}.`)).rejects.toThrow('no known key');
});

test('one of several keys is enough', async () => {
  const config = { JWTValidationPubKeys: [pemOf(p384), pemOf(p256)], JWTSupportedAlgs: ['ES256'] };
  await new LoginWorld().verify('jwt', config, signedToken(p256, claims));
});

test('RS256 alone, unless the configuration says more', async () => {
  const world = new LoginWorld();
  const config = { JWTValidationPubKeys: [pemOf(rsa)] };
  await world.verify('jwt', config, signedToken(rsa, claims, { alg: 'RS256' }));
  await expect(
    world.verify('jwt', config, signedToken(rsa, claims, { alg: 'RS512' })),
  ).rejects.toThrow('algorithm "RS512" is not accepted, only RS256 (JWTSupportedAlgs)');
});

describe('tokens that choose how they are verified', () => {
  test.each([
    ['without a signature', unsignedToken(claims)],
    ['with the public key as a secret', hmacToken(pemOf(p256), claims)],
  ])('%s', async (_how, token) => {
    const config = configOf(pemOf(p256), 'ES256');
    await expect(new LoginWorld().verify('jwt', config, token)).rejects.toThrow('is not accepted');
  });

  test('with an algorithm of another kind of key', async () => {
    const config = configOf(pemOf(rsa), 'ES256', 'RS256', 'ES384');
    const verified = new LoginWorld().verify('jwt', config, signedToken(p256, claims));
    await expect(verified).rejects.toThrow('no known key');
  });

  test('with a curve that is not the one of the algorithm', async () => {
    const config = configOf(pemOf(p384), 'ES256', 'ES384');
    const verified = new LoginWorld().verify('jwt', config, signedToken(p384, claims));
    await expect(verified).rejects.toThrow('no known key');
  });

  test('with extensions that must be understood', async () => {
    const token = signedToken(p256, claims, { alg: 'ES256', crit: ['exp'] });
    const verified = new LoginWorld().verify('jwt', configOf(pemOf(p256), 'ES256'), token);
    await expect(verified).rejects.toThrow('extensions that are not understood');
  });
});

test.each([
  ['x', 'compact JWS format must have three parts, this has 1'],
  ['a.b.c.d', 'must have three parts, this has 4'],
  ['x.y.z', 'header: '],
  ['e30.e30.e30', 'the header names no algorithm'],
  ['W10.e30.', 'header: an object is expected'],
  ['e!0.e30.', 'header: illegal base64 data'],
  [`${'e30'.repeat(30_000)}.e30.`, 'at most 65536 are accepted'],
])('%.20s is no token', async (token, why) => {
  const verified = new LoginWorld().verify('jwt', configOf(pemOf(p256), 'ES256'), token);
  await expect(verified).rejects.toThrow('error parsing token: ');
  await expect(verified).rejects.toThrow(why);
  await expect(verified).rejects.toMatchObject({ code: 'permission-denied' });
});
