import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import {
  type Certifier,
  caSign,
  leafCommonName,
  type SignedLeaf,
  serviceUri,
} from '@mesh/connect-ca';
import type { Rpc } from '@mesh/resource';
import type { RootsWatch } from './roots-watch.ts';

/** A certificate with its key, as the API shows it. */
export interface LeafCertificate extends SignedLeaf {
  readonly PrivateKeyPEM: string;
}

/** A certificate that is held, and how it came to be. */
export interface HeldLeaf {
  readonly leaf: LeafCertificate;
  /** For blocking: rises with each renewal. */
  readonly index: number;
  /** Authority that signed it. */
  readonly rootId: string;
  /** Monotonic. */
  readonly fetchedMs: number;
}

export interface LeafCacheOptions {
  readonly certifier: Pick<Certifier, 'createKey' | 'createCsr'>;
  readonly rpc: Rpc;
  readonly roots: Pick<RootsWatch, 'current' | 'get' | 'onChange'>;
  readonly datacenter: string;
  readonly platform: Platform;
  readonly logger: Logger;
}

interface Entry {
  readonly service: string;
  /** Token of who asked last: renewals are in its name. */
  token: string;
  held: HeldLeaf | undefined;
  /** A certificate is being asked for. */
  pending: Promise<HeldLeaf> | undefined;
  timer: Timer | undefined;
  usedMs: number;
  retryMs: number;
  readonly waiting: Set<() => void>;
}

/** Part of its life after which a certificate is renewed: a random point between these. */
const RENEW_FROM = 0.5;
const RENEW_TO = 0.9;
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** Another authority signs: agents spread their renewals over this, milliseconds, or a tenth of the life. */
const ROOT_CHANGE_SPREAD_MS = 30_000;
/** What nobody asked for in so long is not renewed, milliseconds. */
const UNUSED_MS = 3 * 24 * 3_600_000;
/** Services on one agent that certificates are held for. */
const MAX_ENTRIES = 4096;

/**
 * Certificates of this agent's services. Keys are made here and never leave the agent but for the service; the
 * servers sign. Each is renewed in time, and when another authority takes over; while that fails the old one
 * is given as long as it lives.
 */
export class LeafCache implements Component {
  readonly name = 'connect-leaves';
  private readonly options: LeafCacheOptions;
  private readonly entries = new Map<string, Entry>();
  private unsubscribe: (() => void) | undefined;

  constructor(options: LeafCacheOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    this.unsubscribe ??= this.options.roots.onChange(() => this.rootsChanged());
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    for (const entry of this.entries.values()) entry.timer?.cancel();
    this.entries.clear();
  }

  /** Whether a certificate is held that could be given at once. */
  has(service: string): boolean {
    return this.entries.get(service)?.held !== undefined;
  }

  /** The certificate of a service, made when there is none. Rejects with MeshError. */
  async get(service: string, token: string): Promise<HeldLeaf> {
    const entry = this.entry(service);
    entry.token = token;
    entry.usedMs = this.options.platform.clock.monotonicMs();
    if (entry.held && !this.hasEnded(entry.held)) return entry.held;
    return this.renew(entry);
  }

  /** Resolves when the certificate of a service is another one, or the wait is over. */
  async changed(service: string, waitMs: number, signal: AbortSignal): Promise<void> {
    const entry = this.entry(service);
    await new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        entry.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.options.platform.timers.after(waitMs, done);
      entry.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  private entry(service: string): Entry {
    const known = this.entries.get(service);
    if (known) return known;
    if (this.entries.size >= MAX_ENTRIES) {
      throw new MeshError(
        'too-large',
        `certificates of more than ${MAX_ENTRIES} services on one agent are asked for`,
      );
    }
    const entry: Entry = {
      ...{ service, token: '', held: undefined, pending: undefined, timer: undefined },
      ...{ usedMs: 0, retryMs: RETRY_MIN_MS, waiting: new Set() },
    };
    this.entries.set(service, entry);
    return entry;
  }

  private hasEnded({ leaf }: HeldLeaf): boolean {
    return Date.parse(leaf.ValidBefore) <= this.options.platform.clock.nowMs();
  }

  private renew(entry: Entry): Promise<HeldLeaf> {
    entry.pending ??= this.sign(entry)
      .then((held) => {
        this.take(entry, held);
        return held;
      })
      .finally(() => {
        entry.pending = undefined;
      });
    return entry.pending;
  }

  private async sign({ service, token, held }: Entry): Promise<HeldLeaf> {
    const { certifier, rpc, roots, datacenter, platform } = this.options;
    const { TrustDomain, ActiveRootID } = (await roots.get()).roots;
    const identity = { trustDomain: TrustDomain, namespace: 'default', datacenter, service };
    const keyPem = await certifier.createKey('ec', 256);
    const csr = await certifier.createCsr({
      keyPem,
      commonName: leafCommonName(service, TrustDomain),
      uri: serviceUri(identity),
    });
    const options = { datacenter: '', token, server: 'leader' } as const;
    const signed = await rpc.call(caSign, { csr }, options);
    const { SerialNumber, CertPEM, ...rest } = signed;
    const index = Math.max(signed.ModifyIndex, (held?.index ?? 0) + 1);
    return {
      leaf: { SerialNumber, CertPEM, PrivateKeyPEM: keyPem, ...rest, ModifyIndex: index },
      ...{ index, rootId: ActiveRootID, fetchedMs: platform.clock.monotonicMs() },
    };
  }

  private take(entry: Entry, held: HeldLeaf): void {
    const { platform, roots } = this.options;
    entry.held = held;
    entry.retryMs = RETRY_MIN_MS;
    const life = lifeMs(held);
    const share = RENEW_FROM + (RENEW_TO - RENEW_FROM) * platform.random.float();
    const atMs = Date.parse(held.leaf.ValidAfter) + life * share;
    this.renewAfter(entry, Math.max(RETRY_MIN_MS, atMs - platform.clock.nowMs()));
    for (const wake of [...entry.waiting]) wake();
    // The authority may have changed while this one was being signed.
    if (roots.current && roots.current.roots.ActiveRootID !== held.rootId) this.hurry(entry);
  }

  private renewAfter(entry: Entry, delayMs: number): void {
    const { platform, logger } = this.options;
    entry.timer?.cancel();
    entry.timer = platform.timers.after(delayMs, () => {
      if (platform.clock.monotonicMs() - entry.usedMs > UNUSED_MS && entry.waiting.size === 0) {
        this.entries.delete(entry.service);
        return;
      }
      this.renew(entry).catch((thrown) => {
        const { message } = MeshError.from(thrown);
        logger.warn('failed to renew a certificate', { service: entry.service, error: message });
        this.renewAfter(entry, entry.retryMs * (1 + platform.random.float()));
        entry.retryMs = Math.min(entry.retryMs * 2, RETRY_MAX_MS);
      });
    });
  }

  private rootsChanged(): void {
    const active = this.options.roots.current?.roots.ActiveRootID;
    if (active === undefined) return;
    for (const entry of this.entries.values()) {
      if (entry.held && entry.held.rootId !== active) this.hurry(entry);
    }
  }

  /** Soon, but not all agents at once. */
  private hurry(entry: Entry): void {
    const life = entry.held ? lifeMs(entry.held) : 0;
    const spreadMs = Math.min(ROOT_CHANGE_SPREAD_MS, life / 10);
    this.renewAfter(entry, spreadMs * this.options.platform.random.float());
  }
}

function lifeMs({ leaf }: HeldLeaf): number {
  return Date.parse(leaf.ValidBefore) - Date.parse(leaf.ValidAfter);
}
