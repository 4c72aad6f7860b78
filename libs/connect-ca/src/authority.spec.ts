import { X509Certificate } from 'node:crypto';
import { MeshError } from '@mesh/base';
import { PLAIN_READ } from '@mesh/resource';
import { DirectRpc } from '@mesh/testkit';
import { createCertifier } from '@mesh/x509';
import { Authority } from './authority.ts';
import { type ConfigureArgs, caRootsGet } from './endpoint.ts';
import { storedRoots } from './queries.ts';
import { caResource } from './resource.ts';
import { SecondaryAuthority } from './secondary-authority.ts';
import type { CaConfiguration } from './types.ts';

const HOUR_MS = 3_600_000;
const CLUSTER = '11111111-2222-4333-8444-555555555555';

/** An authority on a state of its own, whose time moves when told. */
class World {
  readonly certifier = createCertifier();
  readonly authority: Authority;
  readonly rpc: DirectRpc;
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  private uuids = 0;

  constructor(settings: Readonly<Record<string, unknown>> = {}) {
    this.rpc = new DirectRpc([
      caResource({ authority: () => this.authority, view: () => this.rpc.store.view() }),
    ]);
    this.authority = new Authority({
      datacenter: 'dc1',
      certifier: this.certifier,
      platform: {
        clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
        random: {
          float: () => 0.5,
          bytes: (count) => new Uint8Array(count),
          uuid: () => (this.uuids++ === 0 ? CLUSTER : `0000000${this.uuids}-0000`),
        },
      },
      view: () => this.rpc.store.view(),
      write: (endpoint, args) => {
        this.rpc.nowMs = this.nowMs;
        return this.rpc.write(endpoint, args, { datacenter: '', token: '' });
      },
      initial: change(settings),
    });
  }

  static async start(settings?: Readonly<Record<string, unknown>>): Promise<World> {
    const world = new World(settings);
    await world.authority.initialize();
    return world;
  }

  async roots() {
    const { value } = await this.rpc.read(caRootsGet, {}, PLAIN_READ);
    return value!;
  }

  async configuration(): Promise<CaConfiguration> {
    const endpoint = {
      kind: 'call',
      method: 'ConnectCA.ConfigurationGet',
      acl: 'public',
      guard: 'public',
    } as const;
    return this.rpc.call(endpoint, {}, { datacenter: '', token: '', server: 'leader' });
  }

  /** A request as an agent makes it. */
  async csr(uri = `spiffe://${CLUSTER}.consul/ns/default/dc/dc1/svc/web`): Promise<string> {
    const keyPem = await this.certifier.createKey('ec', 256);
    return this.certifier.createCsr({ keyPem, commonName: 'web', uri });
  }
}

function change(settings: Readonly<Record<string, unknown>>, provider = 'consul'): ConfigureArgs {
  return { provider, settings, forceWithoutCrossSigning: false };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (thrown) => `${MeshError.from(thrown).code}: ${MeshError.from(thrown).message}`,
  );
}

describe('the first authority', () => {
  it('is made once, and names the trust domain', async () => {
    const world = await World.start();
    const { TrustDomain, Roots, ActiveRootID } = await world.roots();
    expect(TrustDomain).toBe(`${CLUSTER}.consul`);
    expect(Roots).toHaveLength(1);
    expect(Roots[0]).toMatchObject({ ID: ActiveRootID, Active: true, PrivateKeyBits: 256 });
    await world.authority.initialize();
    expect((await world.roots()).ActiveRootID).toBe(ActiveRootID);
    const facts = await world.certifier.readCertificate(Roots[0]!.RootCert);
    expect(facts).toMatchObject({ isCa: true, uris: [`spiffe://${CLUSTER}.consul`] });
  });

  it("may be the operator's own; its key is in no answer", async () => {
    const { certifier } = new World();
    const key = await certifier.createKey('ec', 384);
    const nowMs = Date.parse('2026-01-01T00:00:00Z');
    const cert = await certifier.createRoot({
      ...{ keyPem: key, commonName: 'own', uri: 'spiffe://own.consul' },
      ...{ notBeforeMs: nowMs - HOUR_MS, notAfterMs: nowMs + 24 * HOUR_MS },
    });
    const world = await World.start({ root_cert: cert, private_key: key });
    const { Roots } = await world.roots();
    expect(Roots[0]).toMatchObject({ RootCert: cert.trimEnd().concat('\n'), PrivateKeyBits: 384 });
    const secret = key.split('\n')[1]!;
    expect(JSON.stringify(Roots)).not.toContain(secret);
    expect(JSON.stringify(await world.configuration())).not.toContain(secret);
    // Leaves live no longer than who signs them.
    const { ValidBefore } = await world.authority.sign(await world.csr());
    expect(Date.parse(ValidBefore)).toBe(nowMs + 24 * HOUR_MS);
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['the CA configuration has no "Bogus"', { Bogus: 1 }],
    ['leaf cert TTL must be greater or equal than 1h0m0s', { LeafCertTTL: '1m' }],
    ['leaf cert TTL must be greater or equal than 10s', { LeafCertTTL: '9s', SkipValidate: true }],
    [
      'leaf cert TTL must be at most 8760h',
      { LeafCertTTL: '9000h', RotationPeriod: '99999h', IntermediateCertTTL: '99999h' },
    ],
    ['LeafCertTTL: "soon" is no duration such as 72h', { LeafCertTTL: 'soon' }],
    ['RotationPeriod must be at least twice the LeafCertTTL', { RotationPeriod: '100h' }],
    ['PrivateKeyType "dsa" is unknown, accepted are ec and rsa', { PrivateKeyType: 'dsa' }],
    ['PrivateKeyBits 1024 do not go with rsa', { PrivateKeyType: 'rsa', PrivateKeyBits: 1024 }],
    ['CSRMaxPerSecond is a number, 0 is no limit', { CSRMaxPerSecond: -1 }],
    ['IntermediateCertTTL must be at least three times', { IntermediateCertTTL: '100h' }],
    ['RootCert and PrivateKey must be given together', { RootCert: 'x' }],
  ])('refuses: %s', async (message, settings) => {
    const world = await World.start();
    expect(await refusal(world.authority.configure(change(settings)))).toContain(message);
    expect(await refusal(World.start(settings))).toContain(message);
  });

  it('refuses other providers and certificates that cannot sign', async () => {
    const world = await World.start();
    expect(await refusal(world.authority.configure(change({}, 'vault')))).toBe(
      'invalid-argument: could not initialize provider: unknown CA provider "vault", accepted is consul',
    );
    const { certifier, nowMs } = world;
    const keyPem = await certifier.createKey('ec', 256);
    const make = (notAfterMs: number) =>
      certifier.createRoot({
        ...{ keyPem, commonName: 'own', uri: 'spiffe://own.consul', notAfterMs },
        notBeforeMs: nowMs - 2 * HOUR_MS,
      });
    const own = (RootCert: string, PrivateKey = keyPem) =>
      refusal(world.authority.configure(change({ RootCert, PrivateKey })));
    expect(await own(await make(nowMs - HOUR_MS))).toContain('RootCert has expired');
    const other = await certifier.createKey('ec', 256);
    expect(await own(await make(nowMs + HOUR_MS), other)).toContain(
      'PrivateKey is not the key of RootCert',
    );
    const { CertPEM } = await world.authority.sign(await world.csr());
    expect(await own(CertPEM)).toContain('is no certificate of an authority');
    expect(await own('nonsense')).toContain('the certificate is no PEM of an X.509 certificate');
  });
});

describe('leaves', () => {
  it('have the name of the service, a life, and a chain', async () => {
    const world = await World.start({ LeafCertTTL: '2h' });
    const leaf = await world.authority.sign(await world.csr());
    expect(leaf).toMatchObject({
      Service: 'web',
      ServiceURI: `spiffe://${CLUSTER}.consul/ns/default/dc/dc1/svc/web`,
      ValidAfter: '2025-12-31T23:59:00Z',
      ValidBefore: '2026-01-01T01:59:00Z',
    });
    expect(leaf.CertPEM.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    expect((await world.certifier.readCertificate(leaf.CertPEM)).isCa).toBe(false);
  });

  it('a life of seconds is not over before it has begun', async () => {
    const world = await World.start({ LeafCertTTL: '10s', SkipValidate: true });
    const { ValidAfter, ValidBefore } = await world.authority.sign(await world.csr());
    expect([ValidAfter, ValidBefore]).toEqual(['2025-12-31T23:59:59Z', '2026-01-01T00:00:09Z']);
  });

  it.each([
    ['SPIFFE ID is of trust domain other.consul', 'spiffe://other.consul/ns/default/dc/dc1/svc/a'],
    [
      'SPIFFE ID in CSR from a different datacenter: dc2, we are dc1',
      `spiffe://${CLUSTER}.consul/ns/default/dc/dc2/svc/a`,
    ],
    ['there is no namespace "x"', `spiffe://${CLUSTER}.consul/ns/x/dc/dc1/svc/a`],
    ['must have one SPIFFE ID, that of a service', `spiffe://${CLUSTER}.consul`],
  ])('refuses: %s', async (message, uri) => {
    const world = await World.start();
    expect(await refusal(world.authority.sign(await world.csr(uri)))).toContain(message);
  });

  it('refuses what is no request', async () => {
    const world = await World.start();
    for (const csr of ['nonsense', '', 7, undefined, 'x'.repeat(20_000)]) {
      expect(await refusal(world.authority.sign(csr))).toMatch(/^invalid-argument: /);
    }
    expect(await refusal(new World().authority.sign(await world.csr()))).toBe(
      'unavailable: CA not bootstrapped yet, try again',
    );
  });

  it('are so many a second', async () => {
    const world = await World.start({ CSRMaxPerSecond: 2 });
    const csr = await world.csr();
    const sign = () => refusal(world.authority.sign(csr));
    expect([await sign(), await sign()]).toEqual(['', '']);
    expect(await sign()).toMatch(/^rate-limited: /);
    world.nowMs += 1000;
    expect(await sign()).toBe('');
  });
});

describe('another authority', () => {
  it('is certified by the one before, which stays trusted while its leaves live', async () => {
    const world = await World.start();
    const { Roots: before } = await world.roots();
    await world.authority.configure(change({ PrivateKeyType: 'rsa', PrivateKeyBits: 2048 }));
    const { Roots, ActiveRootID } = await world.roots();
    expect(Roots).toHaveLength(2);
    const active = Roots.find(({ Active }) => Active)!;
    expect(active).toMatchObject({ ID: ActiveRootID, PrivateKeyType: 'rsa' });
    expect(active.ID).not.toBe(before[0]!.ID);
    const { CertPEM } = await world.authority.sign(await world.csr());
    expect(CertPEM.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(CertPEM).toContain(active.IntermediateCerts![0]!.trim());

    await world.authority.prune();
    expect((await world.roots()).Roots).toHaveLength(2);
    world.nowMs += 2 * 72 * HOUR_MS;
    await world.authority.prune();
    expect((await world.roots()).Roots.map(({ ID }) => ID)).toEqual([active.ID]);
  });

  it('is not certified by the one before where that is not wanted', async () => {
    const world = await World.start();
    const settings = { PrivateKeyBits: 384 };
    await world.authority.configure({ ...change(settings), forceWithoutCrossSigning: true });
    const { Roots } = await world.roots();
    expect(Roots.find(({ Active }) => Active)?.IntermediateCerts).toBeNull();
  });

  it('is not made by other lives of leaves', async () => {
    const world = await World.start();
    const { ActiveRootID } = await world.roots();
    await world.authority.configure(change({ LeafCertTTL: '24h' }));
    expect((await world.roots()).ActiveRootID).toBe(ActiveRootID);
    expect((await world.configuration()).Config).toMatchObject({ LeafCertTTL: '24h' });
  });

  it('comes by itself when RotationPeriod says so, and else not', async () => {
    const world = await World.start();
    const { ActiveRootID } = await world.roots();
    world.nowMs += 5000 * HOUR_MS;
    await world.authority.rotateIfDue();
    expect((await world.roots()).ActiveRootID).toBe(ActiveRootID);
    await world.authority.configure(change({ RotationPeriod: '720h' }));
    await world.authority.rotateIfDue();
    const second = (await world.roots()).ActiveRootID;
    expect(second).not.toBe(ActiveRootID);
    world.nowMs += 719 * HOUR_MS;
    await world.authority.rotateIfDue();
    expect((await world.roots()).ActiveRootID).toBe(second);
    expect(storedRoots(world.rpc.store.view())).toHaveLength(2);
  });
});

describe('the authority of another datacenter', () => {
  /** One that follows a primary, both in memory. */
  async function follower(primary: World) {
    const world = new World({ LeafCertTTL: '2h' });
    const secondary = new SecondaryAuthority({
      datacenter: 'dc1',
      certifier: world.certifier,
      platform: {
        clock: { nowMs: () => world.nowMs, monotonicMs: () => world.nowMs },
        random: { float: () => 0.5, bytes: (n) => new Uint8Array(n), uuid: () => 'aaaaaaaa-1111' },
      },
      view: () => world.rpc.store.view(),
      write: (endpoint, args) => world.rpc.write(endpoint, args, { datacenter: '', token: '' }),
      askPrimary: (endpoint, args) =>
        primary.rpc.call(endpoint, args, { datacenter: 'dc1', token: '', server: 'leader' }),
      initial: change({ LeafCertTTL: '2h' }),
    });
    const follow = async () => secondary.follow(await primary.roots());
    return { world, follow };
  }

  it('signs with a key that the primary has certified, and trusts its roots', async () => {
    const primary = await World.start();
    const { world, follow } = await follower(primary);
    await follow();
    const [there, here] = [await primary.roots(), await world.roots()];
    expect(here).toMatchObject({
      TrustDomain: there.TrustDomain,
      ActiveRootID: there.ActiveRootID,
    });
    expect(JSON.stringify(here)).not.toContain('PRIVATE KEY');
    const leaf = await world.authority.sign(await world.csr());
    const [own, intermediate] = leaf.CertPEM.split(/(?<=END CERTIFICATE-----\n)/);
    const root = new X509Certificate(there.Roots[0]!.RootCert);
    const signer = new X509Certificate(intermediate!);
    expect(signer.verify(root.publicKey)).toBe(true);
    expect(signer.ca).toBe(true);
    expect(new X509Certificate(own!).verify(signer.publicKey)).toBe(true);
    expect(Date.parse(leaf.ValidBefore) - Date.parse(leaf.ValidAfter)).toBe(2 * HOUR_MS);
  });

  it('has another key certified at half of its life, and when another root signs', async () => {
    const primary = await World.start({ IntermediateCertTTL: '1000h' });
    const { world, follow } = await follower(primary);
    const signer = () => storedRoots(world.rpc.store.view())[0]?.signingCert;
    await follow();
    const first = signer();
    await follow();
    expect(signer()).toBe(first);
    for (const one of [primary, world]) one.nowMs += 501 * HOUR_MS;
    await follow();
    const second = signer();
    expect(second).not.toBe(first);
    await primary.authority.configure(change({ PrivateKeyBits: 384 }));
    await follow();
    expect(signer()).not.toBe(second);
    expect((await world.roots()).Roots).toHaveLength(2);
    // A root that is forgotten there is forgotten here, with the same signer.
    const third = signer();
    for (const one of [primary, world]) one.nowMs += 2 * 72 * HOUR_MS;
    await primary.authority.prune();
    await follow();
    expect([(await world.roots()).Roots.length, signer()]).toEqual([1, third]);
  });

  it('keeps its own lives of leaves, and leaves roots to the primary', async () => {
    const primary = await World.start();
    const { world, follow } = await follower(primary);
    await follow();
    await world.authority.configure(change({ LeafCertTTL: '3h' }));
    expect((await world.configuration()).Config).toMatchObject({ LeafCertTTL: '3h' });
    expect(await refusal(world.authority.configure(change({ PrivateKeyBits: 384 })))).toContain(
      'the root is that of the primary datacenter',
    );
    expect(await refusal(world.authority.signIntermediate(await world.csr()))).toContain(
      'is not the primary datacenter',
    );
    expect(await refusal(primary.authority.signIntermediate(await world.csr()))).toContain(
      'the request of an authority must have one SPIFFE ID',
    );
  });
});
