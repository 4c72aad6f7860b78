import type { KeyObject } from 'node:crypto';
import type { VerifiedIdentity } from '@mesh/acl-system';
import type { Clock } from '@mesh/base';
import { refused } from '../errors.ts';
import type { JsonClient } from '../json-client.ts';
import { isSignedBy } from './algorithms.ts';
import { mappedLists, mappedValues } from './claim-mappings.ts';
import { requireAudience, requireInTime, requireIssuer } from './claims.ts';
import { type CompactToken, parseCompactToken } from './compact-token.ts';
import { type JwtConfig, type KeySource, readJwtConfig } from './jwt-config.ts';
import { type IssuerKey, KeySet } from './key-set.ts';

/** Issuers whose keys are kept; the one that was asked for longest ago goes first. */
const MAX_KEY_SETS = 64;

export interface JwtMethodOptions {
  readonly ask: JsonClient;
  readonly clock: Clock;
}

/** Verifies JSON Web Tokens. */
export class JwtMethod {
  private readonly options: JwtMethodOptions;
  private readonly keySets = new Map<string, KeySet>();

  constructor(options: JwtMethodOptions) {
    this.options = options;
  }

  /** Throws `invalid-argument` for a configuration by which no token could be verified. Asks nobody. */
  check(config: Readonly<Record<string, unknown>>): void {
    readJwtConfig(config);
  }

  /** Rejects with `permission-denied`, or `unavailable` where the keys are not to be had. */
  async verify(
    given: Readonly<Record<string, unknown>>,
    bearerToken: string,
  ): Promise<VerifiedIdentity> {
    const config = readJwtConfig(given);
    const token = parseCompactToken(bearerToken);
    if (!config.algorithms.includes(token.algorithm)) {
      throw refused(
        `error validating signature: algorithm ${JSON.stringify(token.algorithm)} is not accepted, only ` +
          `${config.algorithms.join(', ')} (JWTSupportedAlgs)`,
      );
    }
    const issuer = await this.signer(config.keys, token);
    this.judge(config, issuer, token);
    const { claims } = token;
    return {
      values: mappedValues(claims, config.values),
      lists: mappedLists(claims, config.lists),
    };
  }

  private judge({ times, issuer, audiences }: JwtConfig, signer: string, token: CompactToken) {
    requireInTime(token.claims, times, this.options.clock.nowMs());
    requireIssuer(token.claims, signer);
    requireIssuer(token.claims, issuer);
    requireAudience(token.claims, audiences);
  }

  /** The issuer whose keys have signed the token; '' where only keys are known of it. */
  private async signer(source: KeySource, token: CompactToken): Promise<string> {
    if (source.kind === 'keys') {
      if (source.keys.some((key) => hasSigned(key, token))) return '';
      throw unsigned();
    }
    const keySet = this.keySet(source);
    const known = await keySet.keys();
    if (candidates(known.keys, token).some(({ key }) => hasSigned(key, token))) return known.issuer;
    const newer = await keySet.newerKeys(known);
    if (newer && candidates(newer.keys, token).some(({ key }) => hasSigned(key, token))) {
      return newer.issuer;
    }
    throw unsigned();
  }

  private keySet(source: Exclude<KeySource, { readonly kind: 'keys' }>): KeySet {
    const name = JSON.stringify([source.kind, source.url, source.caPem]);
    const kept = this.keySets.get(name) ?? new KeySet({ ...source, ...this.options });
    this.keySets.delete(name);
    this.keySets.set(name, kept);
    const [oldest] = this.keySets.keys();
    if (this.keySets.size > MAX_KEY_SETS && oldest !== undefined) this.keySets.delete(oldest);
    return kept;
  }
}

/** Keys of the id that the token names; where either has none, all. */
function candidates(keys: readonly IssuerKey[], { keyId }: CompactToken): readonly IssuerKey[] {
  return keyId === '' ? keys : keys.filter(({ id }) => id === keyId || id === '');
}

function hasSigned(key: KeyObject, { algorithm, signed, signature }: CompactToken): boolean {
  return isSignedBy(key, algorithm, signed, signature);
}

function unsigned(): Error {
  return refused(
    'error validating signature: no known key successfully validated the token signature',
  );
}
