import { LoginWorld } from '../testing/login-world.ts';
import { ecPair, pemOf, rsaPair } from '../testing/signed-tokens.ts';

const pair = ecPair();
const pem = pemOf(pair);
const good = { JWTValidationPubKeys: [pem] };
const check = (config: Readonly<Record<string, unknown>>, type = 'jwt') => {
  new LoginWorld().verifier.check(type, config);
};

test.each<[Readonly<Record<string, unknown>>]>([
  [good],
  [{ jwtvalidationpubkeys: [pem], BoundAudiences: null }],
  [{ JWKSURL: 'https://ci/keys' }],
  [{ JWKSURL: 'http://127.0.0.1:80/keys', JWTSupportedAlgs: ['PS512', 'ES256'] }],
  [{ OIDCDiscoveryURL: 'https://ci', ClockSkewLeeway: '1m', ExpirationLeeway: -1 }],
])('accepts %.60j', (config) => {
  expect(() => check(config)).not.toThrow();
});

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{}, "exactly one of 'JWTValidationPubKeys', 'JWKSURL', or 'OIDCDiscoveryURL' must be set"],
  [{ ...good, JWKSURL: 'https://ci' }, 'exactly one of'],
  [{ JWKSURL: 'ftp://ci' }, 'Config.JWKSURL: "ftp://ci" is no http or https URL'],
  [{ OIDCDiscoveryURL: 'ci' }, 'Config.OIDCDiscoveryURL: "ci" is no http or https URL'],
  [{ JWTValidationPubKeys: ['x'] }, 'JWTValidationPubKeys[0]: error parsing public key'],
  [{ JWTValidationPubKeys: pem }, 'Config.JWTValidationPubKeys is invalid, accepted is a list'],
  [{ ...good, JWTSupportedAlgs: ['HS256'] }, '"HS256" is not accepted, only RS256, RS384'],
  [{ ...good, JWTSupportedAlgs: ['none'] }, '"none" is not accepted'],
  [{ ...good, JWKSCACert: 'x' }, 'Config.JWKSCACert holds no PEM certificate'],
  [{ ...good, ClaimMappings: { a: 'x', b: 'x' } }, 'multiple mappings for key "x"'],
  [{ ...good, ClaimMappings: { a: 5 } }, 'Config.ClaimMappings.a is invalid, accepted is a text'],
  [{ ...good, ClaimMappings: { a: '' } }, 'an empty name maps nothing'],
  [{ ...good, ListClaimMappings: ['a'] }, 'Config.ListClaimMappings is invalid'],
  [{ ...good, ClockSkewLeeway: 'soon' }, 'Config.ClockSkewLeeway is invalid, accepted is a dur'],
  [{ ...good, BoundIssuer: 5 }, 'Config.BoundIssuer is invalid, accepted is a text'],
  [{ ...good, Bogus: 5 }, 'Config: unknown field "Bogus", accepted: JWTSupportedAlgs,'],
])('refuses %.60j', (config, why) => {
  expect(() => check(config)).toThrow(`Invalid Auth Method: `);
  expect(() => check(config)).toThrow(why);
});

test('refuses keys that verify nothing, and those that are secret', () => {
  const short = pemOf(rsaPair(1024));
  expect(() => check({ JWTValidationPubKeys: [short] })).toThrow('of 1024 bits is too short');
  const secret = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => check({ JWTValidationPubKeys: [pem, secret] })).toThrow(
    'JWTValidationPubKeys[1] is a private key',
  );
  const odd = pemOf(ecPair('secp256k1'));
  expect(() => check({ JWTValidationPubKeys: [odd] })).toThrow('only RSA and EC on P-256');
});

test('refuses types that are none', () => {
  expect(() => check(good, 'ldap')).toThrow(
    'Invalid Auth Method: Type should be one of: [jwt kubernetes]',
  );
});
