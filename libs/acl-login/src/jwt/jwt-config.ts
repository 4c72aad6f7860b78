import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigFields } from '../config-fields.ts';
import { badMethod, messageOf } from '../errors.ts';
import { ALGORITHM_NAMES, faultOfKey } from './algorithms.ts';
import type { TimeRules } from './claims.ts';

/** Where the keys come from that tokens are signed with. */
export type KeySource =
  | { readonly kind: 'keys'; readonly keys: readonly KeyObject[] }
  | { readonly kind: 'jwks' | 'oidc'; readonly url: string; readonly caPem: string };

/** A claim, by its name or as a JSON pointer, and the name it has for binding rules. */
export type ClaimMapping = readonly [claim: string, name: string];

/** Configuration of an auth method of type jwt. */
export interface JwtConfig {
  readonly keys: KeySource;
  readonly algorithms: readonly string[];
  /** '' for any. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly values: readonly ClaimMapping[];
  readonly lists: readonly ClaimMapping[];
  readonly times: TimeRules;
}

const FIELDS: readonly string[] = [
  'JWTSupportedAlgs',
  'BoundAudiences',
  'ClaimMappings',
  'ListClaimMappings',
  'OIDCDiscoveryURL',
  'OIDCDiscoveryCACert',
  'JWKSURL',
  'JWKSCACert',
  'JWTValidationPubKeys',
  'BoundIssuer',
  'ExpirationLeeway',
  'NotBeforeLeeway',
  'ClockSkewLeeway',
];

const DEFAULT_ALGORITHMS: readonly string[] = ['RS256'];
/** How long a token counts that does not say it, milliseconds, where the configuration does not either. */
const DEFAULT_LEEWAY_MS = 150_000;
const DEFAULT_CLOCK_SKEW_MS = 60_000;

/**
 * Reads the configuration of an auth method of type jwt. Throws `invalid-argument`, "Invalid Auth Method: ...",
 * naming what is wrong and what is accepted.
 */
export function readJwtConfig(config: Readonly<Record<string, unknown>>): JwtConfig {
  const fields = new ConfigFields(config, FIELDS);
  const algorithms = fields.texts('JWTSupportedAlgs');
  for (const name of algorithms) {
    if (ALGORITHM_NAMES.includes(name)) continue;
    const accepted = ALGORITHM_NAMES.join(', ');
    throw badMethod(`JWTSupportedAlgs: ${JSON.stringify(name)} is not accepted, only ${accepted}`);
  }
  return {
    keys: keySource(fields),
    algorithms: algorithms.length > 0 ? algorithms : DEFAULT_ALGORITHMS,
    issuer: fields.text('BoundIssuer'),
    audiences: fields.texts('BoundAudiences'),
    values: mappings(fields, 'ClaimMappings'),
    lists: mappings(fields, 'ListClaimMappings'),
    times: {
      expirationLeewayMs: leeway(fields, 'ExpirationLeeway', DEFAULT_LEEWAY_MS),
      notBeforeLeewayMs: leeway(fields, 'NotBeforeLeeway', DEFAULT_LEEWAY_MS),
      clockSkewMs: leeway(fields, 'ClockSkewLeeway', DEFAULT_CLOCK_SKEW_MS),
    },
  };
}

function keySource(fields: ConfigFields): KeySource {
  const pems = fields.texts('JWTValidationPubKeys');
  const jwks = { url: fields.url('JWKSURL'), caPem: fields.certificates('JWKSCACert') };
  const oidc = {
    url: fields.url('OIDCDiscoveryURL'),
    caPem: fields.certificates('OIDCDiscoveryCACert'),
  };
  const given = [pems.length > 0, jwks.url !== '', oidc.url !== ''].filter(Boolean).length;
  if (given !== 1) {
    throw badMethod(
      "exactly one of 'JWTValidationPubKeys', 'JWKSURL', or 'OIDCDiscoveryURL' must be set for type \"jwt\"",
    );
  }
  if (jwks.caPem !== '' && jwks.url === '') {
    throw badMethod("'JWKSCACert' should not be set unless 'JWKSURL' is set");
  }
  if (oidc.caPem !== '' && oidc.url === '') {
    throw badMethod("'OIDCDiscoveryCACert' should not be set unless 'OIDCDiscoveryURL' is set");
  }
  if (jwks.url !== '') return { kind: 'jwks', ...jwks };
  if (oidc.url !== '') return { kind: 'oidc', ...oidc };
  return { kind: 'keys', keys: pems.map(publicKey) };
}

function publicKey(pem: string, at: number): KeyObject {
  const where = `JWTValidationPubKeys[${at}]`;
  // Node would derive the public key, and the private one would stay where many read it.
  if (pem.includes('PRIVATE KEY')) {
    throw badMethod(`${where} is a private key; public keys and certificates are accepted`);
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (thrown) {
    throw badMethod(`${where}: error parsing public key: ${messageOf(thrown)}`);
  }
  const fault = faultOfKey(key);
  if (fault) throw badMethod(`${where}: ${fault}`);
  return key;
}

function mappings(fields: ConfigFields, field: string): readonly ClaimMapping[] {
  const pairs = fields.pairs(field);
  const seen = new Set<string>();
  for (const [claim, name] of pairs) {
    if (claim === '' || name === '') throw badMethod(`${field}: an empty name maps nothing`);
    if (seen.has(name)) {
      throw badMethod(`${field} contains multiple mappings for key ${JSON.stringify(name)}`);
    }
    seen.add(name);
  }
  return pairs;
}

/** Zero is the default, less than zero is none, as in the original. */
function leeway(fields: ConfigFields, name: string, defaultMs: number): number {
  const ms = fields.durationMs(name);
  return ms === 0 ? defaultMs : Math.max(ms, 0);
}
