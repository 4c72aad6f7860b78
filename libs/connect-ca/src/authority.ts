import { invalid, MeshError, type Platform, timestamp } from '@mesh/base';
import { permissionDenied, type WriteEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import type { Certifier } from './certifier.ts';
import { type ConfigureArgs, caRemoveRoot, caStore } from './endpoint.ts';
import { activeRoot, storedConfiguration, storedRoots } from './queries.ts';
import { RateLimit } from './rate-limit.ts';
import { checkedSettings, ROOT_TTL_MS, timesOf } from './settings.ts';
import {
  leafCommonName,
  parseServiceUri,
  requireServiceName,
  rootCommonName,
  rootUri,
  serviceUri,
  trustDomainOf,
} from './spiffe.ts';
import type { CaSettings, SignedLeaf, StoredConfiguration, StoredRoot } from './types.ts';

/** Certificates begin a little earlier, for clocks that lag: so many milliseconds, at most a part of their life. */
const BACKDATE_MS = 60_000;
const BACKDATE_SHARE = 0.1;
/** A request is some hundred bytes; that of a 4096-bit RSA key 2 KiB. */
const MAX_CSR_CHARS = 16_384;

type WithoutIndex<T> = Omit<T, 'CreateIndex' | 'ModifyIndex'>;

export interface AuthorityParts {
  readonly datacenter: string;
  readonly certifier: Certifier;
  readonly platform: Pick<Platform, 'clock' | 'random'>;
  /** The present state. */
  readonly view: () => StateView;
  /** Writes as the leader; rejects with `no-leader` elsewhere. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
  /** Settings of the first authority, from the server's configuration. */
  readonly initial: ConfigureArgs;
}

/**
 * The built-in provider: signs the certificates of services with a key that is in the replicated state. Runs
 * on the leader.
 */
export class Authority {
  private readonly parts: AuthorityParts;
  private readonly limit = new RateLimit();

  constructor(parts: AuthorityParts) {
    this.parts = parts;
  }

  /** Makes the first authority where there is none, by the server's file; later settings come over the API. */
  async initialize(): Promise<void> {
    if (storedConfiguration(this.parts.view())) return;
    await this.change(this.parts.initial, undefined);
  }

  /** Changes the configuration; makes another authority where the key is to be another. */
  async configure(args: ConfigureArgs): Promise<true> {
    const stored = storedConfiguration(this.parts.view());
    if (!stored) throw notReady();
    await this.change(args, stored);
    return true;
  }

  /**
   * Signs a request, where the asker may be that service. Throws MeshError: `invalid-argument`,
   * `rate-limited`, `unavailable`, `permission-denied`.
   */
  async sign(
    csrPem: unknown,
    mayBe: (service: string) => boolean = () => true,
  ): Promise<SignedLeaf> {
    const csr = requireCsr(csrPem);
    const { view, stored, root } = this.signing();
    const { leafTtlMs } = timesOf(stored.Config);
    const { clock, certifier } = { ...this.parts, ...this.parts.platform };
    const { service, uri } = this.subjectOf(await certifier.readCsr(csr), stored.clusterId);
    if (!mayBe(service)) throw permissionDenied();
    const nowMs = clock.nowMs();
    const notBeforeMs = nowMs - Math.min(BACKDATE_MS, leafTtlMs * BACKDATE_SHARE);
    const notAfterMs = Math.min(notBeforeMs + leafTtlMs, root.notAfterMs);
    const leaf = await certifier.signLeaf({
      ...{ csrPem: csr, uri, notBeforeMs, notAfterMs },
      commonName: leafCommonName(service, stored.clusterId),
      issuer: { certPem: root.signingCert ?? root.RootCert, keyPem: root.signingKey },
    });
    const { serialHex } = await certifier.readCertificate(leaf);
    return {
      SerialNumber: serialHex,
      CertPEM: [leaf, ...(root.IntermediateCerts ?? [])].map(withNewline).join(''),
      Service: service,
      ServiceURI: uri,
      ValidAfter: wholeSecond(notBeforeMs),
      ValidBefore: wholeSecond(notAfterMs),
      CreateIndex: view.index,
      ModifyIndex: view.index,
    };
  }

  /**
   * Signs the request of another datacenter's authority. Throws as `sign`, and `invalid-argument` where this is
   * not the primary datacenter.
   */
  async signIntermediate(csrPem: unknown): Promise<string> {
    const csr = requireCsr(csrPem);
    const { stored, root } = this.signing();
    if (root.signingCert !== undefined) {
      throw invalid(`${this.parts.datacenter} is not the primary datacenter`);
    }
    const { certifier, platform } = this.parts;
    const { uris, commonName } = await certifier.readCsr(csr);
    const uri = rootUri(trustDomainOf(stored.clusterId));
    if (uris.length !== 1 || uris[0] !== uri) {
      throw invalid(`the request of an authority must have one SPIFFE ID, ${uri}`);
    }
    const notBeforeMs = platform.clock.nowMs() - BACKDATE_MS;
    const { intermediateTtlMs } = timesOf(stored.Config);
    return certifier.signIntermediate({
      ...{ csrPem: csr, uri, commonName, notBeforeMs },
      notAfterMs: Math.min(notBeforeMs + intermediateTtlMs, root.notAfterMs),
      issuer: { certPem: root.RootCert, keyPem: root.signingKey },
    });
  }

  /** What to sign with, unless too much is asked for. */
  private signing() {
    const view = this.parts.view();
    const stored = storedConfiguration(view);
    const root = activeRoot(view);
    if (!stored || !root) throw notReady();
    const { csrMaxPerSecond } = timesOf(stored.Config);
    if (!this.limit.take(csrMaxPerSecond, this.parts.platform.clock.monotonicMs())) {
      throw new MeshError('rate-limited', 'too many certificates are asked for, try again later');
    }
    return { view, stored, root };
  }

  /** Makes another authority when the active one is older than RotationPeriod; one of the operator's own stays. */
  async rotateIfDue(): Promise<void> {
    const view = this.parts.view();
    const stored = storedConfiguration(view);
    const root = activeRoot(view);
    if (!stored || !root || stored.Config['RootCert'] !== undefined) return;
    const { rotationMs } = timesOf(stored.Config);
    const ageMs = this.parts.platform.clock.nowMs() - Date.parse(root.NotBefore);
    if (rotationMs === undefined || ageMs < rotationMs) return;
    const args = { provider: stored.Provider, settings: stored.Config };
    await this.change({ ...args, forceWithoutCrossSigning: false }, stored, true);
  }

  /** Forgets authorities whose last leaf has ended. */
  async prune(): Promise<void> {
    const view = this.parts.view();
    const stored = storedConfiguration(view);
    if (!stored) return;
    const { leafTtlMs } = timesOf(stored.Config);
    const nowMs = this.parts.platform.clock.nowMs();
    for (const { ID, Active, rotatedOutAtMs } of storedRoots(view)) {
      // Twice the life of a leaf: one that was signed in the last moment, and a clock that lags.
      if (Active || nowMs - rotatedOutAtMs < 2 * leafTtlMs) continue;
      await this.parts.write(caRemoveRoot, { id: ID });
    }
  }

  private async change(
    { provider, settings, forceWithoutCrossSigning }: ConfigureArgs,
    stored: StoredConfiguration | undefined,
    isDue = false,
  ): Promise<void> {
    if (provider !== 'consul') {
      throw invalid(
        `could not initialize provider: unknown CA provider "${provider}", accepted is consul`,
      );
    }
    const checked = checkedSettings(settings);
    if (activeRoot(this.parts.view())?.signingCert !== undefined) {
      await this.changeSettings(checked, stored);
      return;
    }
    const clusterId = stored?.clusterId ?? this.parts.platform.random.uuid();
    const active = activeRoot(this.parts.view());
    const needsRoot = isDue || !active || (await this.isAnother(checked, active));
    const root = needsRoot
      ? await this.createRoot(checked, clusterId, forceWithoutCrossSigning ? undefined : active)
      : null;
    const configuration: WithoutIndex<StoredConfiguration> = {
      ...{ id: 'configuration', clusterId, Provider: 'consul', Config: checked, State: null },
      ForceWithoutCrossSigning: forceWithoutCrossSigning,
    };
    const expectedIndex = stored?.ModifyIndex ?? 0;
    await this.parts.write(caStore, { configuration, root, expectedIndex });
  }

  /** Where the authority is the primary datacenter's: how long leaves live, and how many are signed. */
  private async changeSettings(
    Config: CaSettings,
    stored: StoredConfiguration | undefined,
  ): Promise<void> {
    if (!stored) throw notReady();
    const rooted = ['RootCert', 'PrivateKey', 'PrivateKeyType', 'PrivateKeyBits'];
    const given = rooted.find((name) => Config[name] !== undefined);
    if (given)
      throw invalid(`${given}: the root is that of the primary datacenter, change it there`);
    const configuration = { ...stored, Config };
    await this.parts.write(caStore, {
      ...{ configuration, root: null, expectedIndex: stored.ModifyIndex },
    });
  }

  /** Whether settings ask for another authority than the active one. */
  private async isAnother(settings: CaSettings, active: StoredRoot): Promise<boolean> {
    const { PrivateKey, RootCert } = settings;
    if (typeof RootCert === 'string') {
      const { fingerprint } = await this.parts.certifier.readCertificate(RootCert);
      return fingerprint !== active.ID || PrivateKey !== active.signingKey;
    }
    const { keyType, keyBits } = timesOf(settings);
    return keyType !== active.PrivateKeyType || keyBits !== active.PrivateKeyBits;
  }

  private async createRoot(
    settings: CaSettings,
    clusterId: string,
    previous: StoredRoot | undefined,
  ): Promise<WithoutIndex<StoredRoot>> {
    const { certifier, platform } = this.parts;
    const own = settings['RootCert'] === undefined ? undefined : await this.ownRoot(settings);
    const { keyType, keyBits } = timesOf(settings);
    const keyPem = own?.keyPem ?? (await certifier.createKey(keyType, keyBits));
    const nowMs = platform.clock.nowMs();
    const validity = { notBeforeMs: nowMs - BACKDATE_MS, notAfterMs: nowMs + ROOT_TTL_MS };
    const uri = rootUri(trustDomainOf(clusterId));
    const commonName = rootCommonName(platform.random.uuid().slice(0, 8), clusterId);
    const certPem =
      own?.certPem ?? (await certifier.createRoot({ ...validity, keyPem, commonName, uri }));
    const facts = await certifier.readCertificate(certPem);
    const crossed =
      previous &&
      (await certifier.crossSign({
        notBeforeMs: validity.notBeforeMs,
        notAfterMs: Math.min(facts.notAfterMs, previous.notAfterMs),
        certPem,
        issuer: { certPem: previous.RootCert, keyPem: previous.signingKey },
      }));
    return {
      ID: facts.fingerprint,
      Name: 'Consul CA Root Cert',
      SerialNumber: Number.parseInt(facts.serialHex.slice(-13), 16),
      SigningKeyID: facts.subjectKeyId,
      ExternalTrustDomain: clusterId,
      NotBefore: wholeSecond(facts.notBeforeMs),
      NotAfter: wholeSecond(facts.notAfterMs),
      RootCert: withNewline(certPem),
      IntermediateCerts: crossed === undefined ? null : [withNewline(crossed)],
      Active: true,
      PrivateKeyType: facts.keyType,
      PrivateKeyBits: facts.keyBits,
      signingKey: keyPem,
      notAfterMs: facts.notAfterMs,
      rotatedOutAtMs: 0,
    };
  }

  /** A root of the operator's own. Throws `invalid-argument` where it cannot be one. */
  private async ownRoot({ RootCert, PrivateKey }: CaSettings) {
    if (typeof RootCert !== 'string' || typeof PrivateKey !== 'string') {
      throw invalid('RootCert and PrivateKey are PEM texts');
    }
    const { certifier, platform } = this.parts;
    const facts = await certifier.readCertificate(RootCert);
    if (!facts.isCa) throw invalid('RootCert is no certificate of an authority (CA:TRUE)');
    if (facts.notAfterMs <= platform.clock.nowMs()) throw invalid('RootCert has expired');
    if (!(await certifier.isKeyOf(PrivateKey, RootCert))) {
      throw invalid('PrivateKey is not the key of RootCert');
    }
    return { certPem: RootCert, keyPem: PrivateKey };
  }

  private subjectOf({ uris }: { readonly uris: readonly string[] }, clusterId: string) {
    const [uri] = uris;
    const identity = uri === undefined || uris.length > 1 ? undefined : parseServiceUri(uri);
    if (!identity) {
      throw invalid('the certificate request must have one SPIFFE ID, that of a service');
    }
    const { trustDomain, datacenter, namespace, service } = identity;
    if (trustDomain !== trustDomainOf(clusterId)) {
      throw invalid(`SPIFFE ID is of trust domain ${trustDomain}, not ${trustDomainOf(clusterId)}`);
    }
    if (datacenter !== this.parts.datacenter) {
      throw invalid(
        `SPIFFE ID in CSR from a different datacenter: ${datacenter}, we are ${this.parts.datacenter}`,
      );
    }
    if (namespace !== 'default') throw invalid(`there is no namespace "${namespace}"`);
    requireServiceName(service);
    return { service, uri: serviceUri(identity) };
  }
}

function requireCsr(csrPem: unknown): string {
  if (typeof csrPem === 'string' && csrPem.length <= MAX_CSR_CHARS) return csrPem;
  throw invalid(`a certificate request is PEM of at most ${MAX_CSR_CHARS} characters`);
}

function notReady(): MeshError {
  return new MeshError('unavailable', 'CA not bootstrapped yet, try again');
}

function withNewline(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}

/** RFC 3339 without a fraction, as certificates have it. */
function wholeSecond(epochMs: number): string {
  return `${timestamp(epochMs).slice(0, 19)}Z`;
}
