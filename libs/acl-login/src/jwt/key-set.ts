import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type Clock, MeshError } from '@mesh/base';
import type { JsonClient } from '../json-client.ts';
import { faultOfKey } from './algorithms.ts';

/** How long fetched keys count, milliseconds: one that was withdrawn is gone after that. */
const FRESH_MS = 3_600_000;
/** Least time between two fetches, milliseconds: tokens with made-up keys must not flood the issuer. */
const REFETCH_MS = 10_000;
/** Keys of one set that are looked at. */
const MAX_KEYS = 100;

/** A public key of an issuer. */
export interface IssuerKey {
  /** '' where it has none. */
  readonly id: string;
  readonly key: KeyObject;
}

/** Keys as they were fetched. */
export interface IssuerKeys {
  /** Whom discovery found; '' where keys were fetched from a URL. */
  readonly issuer: string;
  readonly keys: readonly IssuerKey[];
}

export interface KeySetOptions {
  /** `oidc`: the URL is an issuer's, whose keys are found by its discovery document. */
  readonly kind: 'jwks' | 'oidc';
  readonly url: string;
  readonly caPem: string;
  readonly ask: JsonClient;
  readonly clock: Clock;
}

/** Keys of an issuer, fetched when they are first needed and kept for a while. */
export class KeySet {
  private readonly options: KeySetOptions;
  private kept: { readonly fetchedAtMs: number; readonly keys: IssuerKeys } | undefined;
  private underWay: Promise<IssuerKeys> | undefined;

  constructor(options: KeySetOptions) {
    this.options = options;
  }

  /** The keys; rejects with `unavailable` where there are none to be had. */
  async keys(): Promise<IssuerKeys> {
    const { kept } = this;
    return kept && this.ageMs(kept.fetchedAtMs) < FRESH_MS ? kept.keys : this.fetch();
  }

  /** Newer keys, for a token that none of the known ones has signed; undefined where it is too early for them. */
  async newerKeys(known: IssuerKeys): Promise<IssuerKeys | undefined> {
    const { kept } = this;
    if (kept && kept.keys !== known) return kept.keys;
    if (kept && this.ageMs(kept.fetchedAtMs) < REFETCH_MS) return undefined;
    return this.fetch();
  }

  private ageMs(sinceMs: number): number {
    return this.options.clock.monotonicMs() - sinceMs;
  }

  /** Those who come meanwhile wait for the same answer. */
  private fetch(): Promise<IssuerKeys> {
    this.underWay ??= this.fetched().finally(() => {
      this.underWay = undefined;
    });
    return this.underWay;
  }

  private async fetched(): Promise<IssuerKeys> {
    const { kind, url } = this.options;
    const { issuer, jwksUrl } =
      kind === 'oidc' ? await this.discover() : { issuer: '', jwksUrl: url };
    const { keys } = await this.get(jwksUrl);
    if (!Array.isArray(keys)) throw useless(jwksUrl, 'no "keys", as a JSON Web Key Set has them');
    const found = { issuer, keys: keys.slice(0, MAX_KEYS).flatMap(issuerKey) };
    this.kept = { fetchedAtMs: this.options.clock.monotonicMs(), keys: found };
    return found;
  }

  /** OpenID Connect Discovery 1.0 section 4: the issuer must call itself what we call it. */
  private async discover() {
    const { url } = this.options;
    const document = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer, jwks_uri: jwksUrl } = await this.get(document);
    if (issuer !== url) {
      const got = JSON.stringify(issuer ?? '');
      throw useless(document, `issuer did not match, expected ${JSON.stringify(url)}, got ${got}`);
    }
    if (typeof jwksUrl !== 'string' || !/^https?:\/\//.test(jwksUrl) || !URL.canParse(jwksUrl)) {
      throw useless(document, 'no jwks_uri with an http or https URL');
    }
    return { issuer: url, jwksUrl };
  }

  private async get(url: string): Promise<Readonly<Record<string, unknown>>> {
    const { ask, caPem } = this.options;
    const { status, body } = await ask({ method: 'GET', url, caPem, bearer: '' });
    if (status !== 200) throw useless(url, `status ${status}`);
    if (body === null || typeof body !== 'object')
      throw useless(url, 'the answer is no JSON object');
    return body as Readonly<Record<string, unknown>>;
  }
}

/** Keys that are not understood are passed over (RFC 7517 section 5), and those for encryption. */
function issuerKey(jwk: unknown): readonly IssuerKey[] {
  if (jwk === null || typeof jwk !== 'object') return [];
  const { kid, use } = jwk as JsonWebKey;
  if (use !== undefined && use !== 'sig') return [];
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return [];
  }
  return faultOfKey(key) ? [] : [{ id: typeof kid === 'string' ? kid : '', key }];
}

function useless(url: string, why: string): MeshError {
  return new MeshError('unavailable', `GET ${url}: ${why}`);
}
