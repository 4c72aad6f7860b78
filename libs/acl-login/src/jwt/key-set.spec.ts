import { LoginWorld, NOW_S } from '../testing/login-world.ts';
import { ecPair, jwkOf, type Pair, signedToken } from '../testing/signed-tokens.ts';

const JWKS = 'https://ci/keys';
const config = { JWKSURL: JWKS, JWTSupportedAlgs: ['ES256'] };
const old = ecPair();
const next = ecPair();
const tokenOf = (pair: Pair, kid?: string, more: object = {}) =>
  signedToken(pair, { exp: NOW_S + 86_400, nbf: NOW_S, ...more }, { alg: 'ES256', kid });

function publishing(...keys: readonly unknown[]): LoginWorld {
  const world = new LoginWorld();
  world.answer(`GET ${JWKS}`, { keys });
  return world;
}

describe('keys of a URL', () => {
  it('are fetched once', async () => {
    const world = publishing(jwkOf(old, { kid: 'a' }));
    await Promise.all([
      world.verify('jwt', config, tokenOf(old, 'a')),
      world.verify('jwt', config, tokenOf(old)),
    ]);
    await world.verify('jwt', config, tokenOf(old, 'a'));
    expect(world.requests).toEqual([{ method: 'GET', url: JWKS, caPem: '', bearer: '' }]);
  });

  it('are fetched again for a token of a new one, though not by every such token', async () => {
    const world = publishing(jwkOf(old, { kid: 'a' }));
    await world.verify('jwt', config, tokenOf(old, 'a'));
    world.answer(`GET ${JWKS}`, { keys: [jwkOf(old, { kid: 'a' }), jwkOf(next, { kid: 'b' })] });
    await expect(world.verify('jwt', config, tokenOf(next, 'b'))).rejects.toThrow('no known key');
    expect(world.requests).toHaveLength(1);
    world.nowMs += 10_000;
    await world.verify('jwt', config, tokenOf(next, 'b'));
    await world.verify('jwt', config, tokenOf(next, 'b'));
    expect(world.requests).toHaveLength(2);
  });

  it('that were withdrawn count for an hour at most', async () => {
    const world = publishing(jwkOf(old, { kid: 'a' }));
    await world.verify('jwt', config, tokenOf(old, 'a'));
    world.answer(`GET ${JWKS}`, { keys: [jwkOf(next, { kid: 'b' })] });
    world.nowMs += 3_599_000;
    await world.verify('jwt', config, tokenOf(old, 'a'));
    world.nowMs += 1000;
    await expect(world.verify('jwt', config, tokenOf(old, 'a'))).rejects.toThrow('no known key');
  });

  it('of another id do not count', async () => {
    const world = publishing(jwkOf(old, { kid: 'a' }));
    await expect(world.verify('jwt', config, tokenOf(old, 'b'))).rejects.toThrow('no known key');
  });

  it('that are not for signatures, or unknown, are passed over', async () => {
    const unknown: readonly unknown[] = [
      { kty: 'OKP', crv: 'X' },
      null,
      5,
      { kty: 'oct', k: 'c2VjcmV0' },
    ];
    const world = publishing(...unknown, jwkOf(next, { use: 'enc' }), jwkOf(old, { use: 'sig' }));
    await world.verify('jwt', config, tokenOf(old));
    await expect(world.verify('jwt', config, tokenOf(next))).rejects.toThrow('no known key');
  });

  test.each([
    [{ keys: 'none' }, 200, 'no "keys"'],
    [undefined, 200, 'the answer is no JSON object'],
    [{}, 503, 'status 503'],
  ])('%j with %d', async (body, status, why) => {
    const world = new LoginWorld();
    world.answer(`GET ${JWKS}`, body, status);
    const verified = world.verify('jwt', config, tokenOf(old));
    await expect(verified).rejects.toThrow(why);
    await expect(verified).rejects.toMatchObject({ code: 'unavailable' });
    // A failure is not kept.
    world.answer(`GET ${JWKS}`, { keys: [jwkOf(old)] });
    await world.verify('jwt', config, tokenOf(old));
  });
});

describe('keys by discovery', () => {
  const issuer = 'https://id.example/';
  const document = 'GET https://id.example/.well-known/openid-configuration';
  const oidc = { OIDCDiscoveryURL: issuer, JWTSupportedAlgs: ['ES256'] };

  function discovered(found: object = { issuer, jwks_uri: JWKS }): LoginWorld {
    const world = publishing(jwkOf(old));
    world.answer(document, found);
    return world;
  }

  it('count for tokens of that issuer', async () => {
    const world = discovered();
    await world.verify('jwt', oidc, tokenOf(old, undefined, { iss: issuer }));
    expect(world.requests.map(({ url }) => url)).toEqual([document.slice('GET '.length), JWKS]);
    const other = world.verify('jwt', oidc, tokenOf(old, undefined, { iss: 'https://eve' }));
    await expect(other).rejects.toThrow('invalid issuer claim');
  });

  it('and of the bound issuer, where one is', async () => {
    const bound = { ...oidc, BoundIssuer: 'https://eve' };
    const verified = discovered().verify('jwt', bound, tokenOf(old, undefined, { iss: issuer }));
    await expect(verified).rejects.toThrow('"https://eve" is accepted');
  });

  test.each([
    [{ issuer: 'https://eve', jwks_uri: JWKS }, 'issuer did not match'],
    [{ issuer }, 'no jwks_uri'],
    [{ issuer, jwks_uri: 'file:///etc/passwd' }, 'no jwks_uri with an http or https URL'],
  ])('refuses the document %j', async (found, why) => {
    const verified = discovered(found).verify('jwt', oidc, tokenOf(old));
    await expect(verified).rejects.toThrow(why);
  });
});
