import { LoginWorld, NOW_S } from '../testing/login-world.ts';
import { ecPair, pemOf, signedToken } from '../testing/signed-tokens.ts';

const pair = ecPair();
const base = { JWTValidationPubKeys: [pemOf(pair)], JWTSupportedAlgs: ['ES256'] };
const verify = (claims: object, config: object = {}) =>
  new LoginWorld().verify('jwt', { ...base, ...config }, signedToken(pair, claims));

describe('times', () => {
  test.each<[claims: object, config: object, why: string | undefined]>([
    [{ exp: NOW_S + 1 }, {}, undefined],
    [{ exp: NOW_S - 59 }, {}, undefined],
    [{ exp: NOW_S - 61 }, {}, 'token is expired (exp)'],
    [{ exp: NOW_S - 1 }, { ClockSkewLeeway: '-1ns' }, 'token is expired (exp)'],
    [{ exp: NOW_S - 1 }, { ClockSkewLeeway: 2e9 }, undefined],
    [{ nbf: NOW_S + 59 }, {}, undefined],
    [{ nbf: NOW_S + 61 }, {}, 'token not valid yet (nbf)'],
    [{ nbf: NOW_S - 200 }, {}, undefined],
    [{ nbf: NOW_S - 211 }, {}, 'token is expired (exp)'],
    [{ nbf: NOW_S - 211 }, { ExpirationLeeway: '5m' }, undefined],
    [{ nbf: NOW_S - 61 }, { ExpirationLeeway: '-1ns' }, 'token is expired (exp)'],
    [{ iat: NOW_S - 200 }, {}, undefined],
    [{ iat: NOW_S + 61, exp: NOW_S + 90, nbf: NOW_S }, {}, 'token issued in the future (iat)'],
    [{ iat: NOW_S + 61 }, {}, 'token not valid yet (nbf)'],
    [{ exp: NOW_S + 209 }, {}, undefined],
    [{ exp: NOW_S + 211 }, {}, 'token not valid yet (nbf)'],
    [{ exp: NOW_S + 211 }, { NotBeforeLeeway: '10m' }, undefined],
    [{ sub: 'x' }, {}, 'no issue time, notbefore, or expiration time encoded in token'],
    [{ exp: 'tomorrow' }, {}, 'exp is no number of seconds'],
  ])('%j with %j: %s', async (claims, config, why) => {
    if (why === undefined) await verify(claims, config);
    else await expect(verify(claims, config)).rejects.toThrow(why);
  });
});

const exp = NOW_S + 60;

test.each<[aud: unknown, bound: readonly string[], why: string | undefined]>([
  ['a', ['a'], undefined],
  ['a', ['b', 'a'], undefined],
  [['x', 'b'], ['a', 'b'], undefined],
  ['a', ['b'], 'aud claim does not match any bound audience'],
  [undefined, ['a'], 'aud claim does not match any bound audience'],
  [[5], ['5'], 'aud claim does not match any bound audience'],
  ['a', [], 'audience claim found in JWT but no audiences are bound'],
  [undefined, [], undefined],
  [[], [], undefined],
])('audience %j of %j: %s', async (aud, BoundAudiences, why) => {
  const verified = verify({ exp, aud }, { BoundAudiences });
  if (why === undefined) await verified;
  else await expect(verified).rejects.toThrow(why);
});

test('the issuer', async () => {
  const config = { BoundIssuer: 'https://ci' };
  await verify({ exp, iss: 'https://ci' }, config);
  const why = 'invalid issuer claim (iss), "https://ci" is accepted';
  await expect(verify({ exp, iss: 'https://ci/' }, config)).rejects.toThrow(why);
  await expect(verify({ exp }, config)).rejects.toThrow(why);
});

describe('what binding rules see', () => {
  const claims = {
    exp,
    ...{ sub: 'bob', admin: true, level: 7, teams: ['a', 'b'], only: 'c' },
    deep: { 'a/b': { name: 'x' }, list: [1, false] },
  };

  it('values', async () => {
    const ClaimMappings = {
      sub: 'user',
      admin: 'admin',
      level: 'level',
      '/deep/a~1b/name': 'deep',
      none: 'none',
      '/deep/none/name': 'nowhere',
      toString: 'inherited',
    };
    expect((await verify(claims, { ClaimMappings })).values).toEqual({
      user: 'bob',
      admin: 'true',
      level: '7',
      deep: 'x',
      none: '',
      nowhere: '',
      inherited: '',
    });
  });

  it('lists', async () => {
    const ListClaimMappings = { teams: 'teams', only: 'one', '/deep/list': 'mixed', none: 'none' };
    expect((await verify(claims, { ListClaimMappings })).lists).toEqual({
      teams: ['a', 'b'],
      one: ['c'],
      mixed: ['1', 'false'],
      none: [],
    });
  });

  test.each([
    [{ ClaimMappings: { teams: 't' } }, 'claim "teams" to a text: it is a list'],
    [{ ClaimMappings: { deep: 't' } }, 'claim "deep" to a text: it is an object'],
    [{ ListClaimMappings: { deep: 't' } }, 'claim "deep" to a text: it is an object'],
    [{ ClaimMappings: { big: 't' } }, 'numbers beyond 2^53 are not accepted'],
  ])('%j', async (config, why) => {
    const verified = verify({ ...claims, big: 2 ** 60 }, config);
    await expect(verified).rejects.toThrow(why);
    await expect(verified).rejects.toMatchObject({ code: 'permission-denied' });
  });
});
