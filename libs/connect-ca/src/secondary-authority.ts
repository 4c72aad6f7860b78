import type { Platform } from '@mesh/base';
import type { CallEndpoint, WriteEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import type { Certifier } from './certifier.ts';
import { type ConfigureArgs, caSignIntermediate, caStoreForeign } from './endpoint.ts';
import { activeRoot, storedConfiguration, storedRoots } from './queries.ts';
import { checkedSettings } from './settings.ts';
import { clusterOf, rootUri } from './spiffe.ts';
import type { CaRoot, CaRoots, StoredRoot } from './types.ts';

export interface SecondaryParts {
  readonly datacenter: string;
  readonly certifier: Certifier;
  readonly platform: Pick<Platform, 'clock' | 'random'>;
  /** The present state. */
  readonly view: () => StateView;
  /** Writes as the leader of this datacenter. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
  /** Asks the leader of the primary datacenter. */
  readonly askPrimary: <A, R>(endpoint: CallEndpoint<A, R>, args: A) => Promise<R>;
  /** Settings of the server's configuration, for the first time. */
  readonly initial: ConfigureArgs;
}

/**
 * The authority of another datacenter than the primary: the primary's roots are trusted, and one of them has
 * certified a key of this datacenter, which signs the certificates of its services.
 */
export class SecondaryAuthority {
  private readonly parts: SecondaryParts;

  constructor(parts: SecondaryParts) {
    this.parts = parts;
  }

  /**
   * Takes over what the primary trusts; has a key certified where another root signs, or half of the life of
   * the last one is over. Rejects with MeshError.
   */
  async follow({ TrustDomain, Roots }: CaRoots): Promise<void> {
    const { view, write, initial } = this.parts;
    const stored = storedConfiguration(view());
    const active = Roots.find(({ Active }) => Active);
    if (!active) return;
    const present = activeRoot(view());
    const isFit = present?.ID === active.ID && this.isFresh(present);
    if (isFit && this.hasThese(Roots)) return;
    const signer = isFit ? present : await this.certified(active, TrustDomain);
    const roots = Roots.map((root) =>
      root === active
        ? signer
        : { ...plain(root), ...NO_KEY, notAfterMs: Date.parse(root.NotAfter) },
    );
    await write(caStoreForeign, {
      configuration: {
        ...{ id: 'configuration', clusterId: clusterOf(TrustDomain), Provider: 'consul' },
        Config: stored?.Config ?? checkedSettings(initial.settings),
        ...{ State: null, ForceWithoutCrossSigning: false },
      },
      roots,
      expectedIndex: stored?.ModifyIndex ?? 0,
    });
  }

  private isFresh({ signingCert, signedFromMs = 0, notAfterMs }: StoredRoot): boolean {
    const nowMs = this.parts.platform.clock.nowMs();
    return signingCert !== undefined && nowMs < signedFromMs + (notAfterMs - signedFromMs) / 2;
  }

  private hasThese(roots: readonly CaRoot[]): boolean {
    const ids = storedRoots(this.parts.view()).map(({ ID }) => ID);
    return ids.length === roots.length && roots.every(({ ID }) => ids.includes(ID));
  }

  private async certified(root: CaRoot, trustDomain: string) {
    const { certifier, platform, datacenter, askPrimary } = this.parts;
    const keyPem = await certifier.createKey('ec', 256);
    const commonName = `sec-${platform.random.uuid().slice(0, 8)}.${datacenter}.ca.consul`;
    const csr = await certifier.createCsr({ keyPem, commonName, uri: rootUri(trustDomain) });
    const signingCert = await askPrimary(caSignIntermediate, { csr });
    const facts = await certifier.readCertificate(signingCert);
    return {
      ...plain(root),
      IntermediateCerts: [signingCert, ...(root.IntermediateCerts ?? [])],
      ...{ signingKey: keyPem, signingCert, rotatedOutAtMs: 0 },
      ...{ notAfterMs: facts.notAfterMs, signedFromMs: facts.notBeforeMs },
    };
  }
}

const NO_KEY = { signingKey: '', rotatedOutAtMs: 0 };

/** A root without the primary's indexes. */
function plain(root: CaRoot): Omit<CaRoot, 'CreateIndex' | 'ModifyIndex'> {
  const { CreateIndex: _created, ModifyIndex: _modified, ...rest } = root;
  return rest;
}
