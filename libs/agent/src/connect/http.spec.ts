import { MANAGE_ALL } from '@mesh/acl';
import { MeshError } from '@mesh/base';
import type { CaRoots } from '@mesh/connect-ca';
import { intentionCreate, intentionResource } from '@mesh/intentions';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { connectHandlers } from './http.ts';
import type { LeafCache } from './leaf-cache.ts';
import type { RootsState, RootsWatch } from './roots-watch.ts';

const TRUST_DOMAIN = '11111111-2222-4333-8444-555555555555.consul';
const uriOf = (service: string, domain = TRUST_DOMAIN) =>
  `spiffe://${domain}/ns/default/dc/dc1/svc/${service}`;

/** Resolves when all that waits for nothing but promises is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** An agent that knows its roots, before servers with intentions. */
class World {
  readonly platform = new ManualPlatform();
  readonly rpc = new DirectRpc([intentionResource()]);
  isEnabled = true;
  isKnown = true;
  index = 5;
  leafIndex = 7;
  /** Waits for another certificate: service and milliseconds. */
  readonly waits: (readonly [string, number])[] = [];
  private readonly listeners = new Set<() => void>();

  get watching(): number {
    return this.listeners.size;
  }

  /** Another authority is trusted as of an index. */
  rotate(index: number): void {
    this.index = index;
    for (const listener of [...this.listeners]) listener();
  }

  async ask(method: string, path: string, body?: unknown) {
    const { platform, rpc, isEnabled } = this;
    const limits = { defaultQueryTimeMs: 300_000, maxQueryTimeMs: 600_000 };
    const parts = { roots: this.roots(), leaves: this.leaves() };
    const routes = connectHandlers({ ...parts, ...limits, platform, rpc, isEnabled });
    const reply = await callRoute(routes, method, path, body);
    if (reply.kind !== 'json') throw new Error(`${path} answers ${reply.kind}`);
    const value = reply.value as { Authorized?: boolean; Reason?: string; CertPEM?: string };
    return { headers: reply.headers ?? {}, value };
  }

  authorize(body: unknown) {
    return this.ask('POST', '/v1/agent/connect/authorize', body);
  }

  refusal(method: string, path: string, body?: unknown): Promise<string> {
    return this.ask(method, path, body).then(
      () => 'an answer',
      (thrown) => `${MeshError.from(thrown).code}: ${MeshError.from(thrown).message}`,
    );
  }

  intend(SourceName: string, DestinationName: string, Action: 'allow' | 'deny') {
    const intention = {
      ...{ ID: '', Description: '', SourceNS: 'default', DestinationNS: 'default' },
      ...({ SourceType: 'consul', DefaultAddr: '', DefaultPort: 0, Meta: {} } as const),
      ...{ SourceName, DestinationName, Action },
    };
    return this.rpc.write(intentionCreate, intention, { datacenter: '', token: '' });
  }

  private roots(): RootsWatch {
    const roots: CaRoots = { ActiveRootID: 'aa', TrustDomain: TRUST_DOMAIN, Roots: [] };
    const state = (): RootsState => ({ roots, index: this.index, fetchedMs: 0 });
    const self = this;
    return {
      get current() {
        return self.isKnown ? state() : undefined;
      },
      get: async () => state(),
      onChange: (listener: () => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    } as unknown as RootsWatch;
  }

  private leaves(): LeafCache {
    return {
      has: () => this.isKnown,
      get: async (Service: string) => ({
        ...{ leaf: { Service, CertPEM: `of ${this.leafIndex}` } },
        ...{ index: this.leafIndex, fetchedMs: 0 },
      }),
      changed: async (service: string, ms: number) => {
        this.waits.push([service, ms]);
        this.leafIndex++;
      },
    } as unknown as LeafCache;
  }
}

describe('authorize', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  const deciding = (source: string) =>
    world.authorize({ Target: 'socat', ClientCertURI: uriOf(source), ClientCertSerial: 'x' });

  it('goes by the most precise intention and names it', async () => {
    const id = await world.intend('web', 'socat', 'deny');
    await world.intend('*', 'socat', 'allow');
    expect((await deciding('web')).value).toEqual({
      Authorized: false,
      Reason: `Matched intention: DENY default/web => default/socat (ID: ${id}, Precedence: 9)`,
    });
    const { Authorized, Reason } = (await deciding('other')).value;
    expect([Authorized, Reason]).toEqual([true, expect.stringContaining('ALLOW default/* =>')]);
  });

  it('goes by the default where no intention decides, and says so', async () => {
    await world.intend('other', 'socat', 'deny');
    expect((await deciding('web')).value).toEqual({
      ...{ Authorized: true, Reason: 'ACLs disabled, access is allowed by default' },
    });
    world.rpc.authorizer = { ...MANAGE_ALL, intentionDefaultAllow: false };
    expect((await deciding('web')).value).toEqual({
      ...{ Authorized: false, Reason: 'Default behavior configured by ACLs' },
    });
  });

  it('refuses who is of another trust domain, even where an intention allows the name', async () => {
    await world.intend('web', 'socat', 'allow');
    const ask = (domain: string) =>
      world.authorize({ Target: 'socat', ClientCertURI: uriOf('web', domain) });
    expect((await ask('else.consul')).value).toEqual({
      ...{ Authorized: false, Reason: 'Identity from an external trust domain: else.consul' },
    });
    expect((await ask(TRUST_DOMAIN.toUpperCase())).value.Authorized).toBe(true);
  });

  test.each([
    [{ ClientCertURI: uriOf('web') }, 'Bad request: Target service must be specified'],
    [{ Target: 'socat' }, 'Bad request: ClientCertURI not a valid Connect identifier'],
    [
      { Target: 'socat', ClientCertURI: 'spiffe://nope' },
      'Bad request: ClientCertURI not a valid Connect identifier',
    ],
    ['{', 'Bad request: Request decode failed: '],
    [{ Target: 5 }, 'Bad request: '],
  ])('refuses %j', async (body, message) => {
    const refused = await world.refusal('POST', '/v1/agent/connect/authorize', body);
    expect(refused).toContain(`invalid-argument: ${message}`);
  });
});

describe('roots and certificates', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  const ROOTS = '/v1/agent/connect/ca/roots';
  const LEAF = '/v1/agent/connect/ca/leaf/web';

  it('tell whether they were at hand, since when, and as of which index', async () => {
    world.platform.advance(61_500);
    const common = { 'X-Cache': 'HIT', Age: '61' };
    expect((await world.ask('GET', ROOTS)).headers).toMatchObject({
      ...{ ...common, 'X-Consul-Index': '5', 'X-Consul-Knownleader': 'true' },
    });
    expect((await world.ask('GET', LEAF)).headers).toMatchObject({
      ...{ ...common, 'X-Consul-Index': '7' },
    });
    world.isKnown = false;
    for (const path of [ROOTS, LEAF]) {
      const { headers } = await world.ask('GET', path);
      expect([headers['X-Cache'], headers['Age']]).toEqual(['MISS', undefined]);
    }
  });

  it('wait for other roots than those of the index given', async () => {
    const answer = world.ask('GET', `${ROOTS}?index=5&wait=10s`);
    await settled();
    expect(world.watching).toBe(1);
    world.rotate(9);
    expect((await answer).headers['X-Consul-Index']).toBe('9');
    expect([world.watching, world.platform.waiting]).toEqual([0, 0]);
    // An older index has its answer already.
    await world.ask('GET', `${ROOTS}?index=8`);
  });

  it('answer with the same when the wait is over, five minutes where none is given', async () => {
    for (const [wait, ms] of [
      ['', 300_000],
      ['&wait=10s', 10_000],
      ['&wait=0s', 300_000],
      ['&wait=24h', 600_000],
    ] as const) {
      const answer = world.ask('GET', `${ROOTS}?index=5${wait}`);
      await settled();
      world.platform.advance(ms - 1);
      expect(world.watching).toBe(1);
      world.platform.advance(1);
      expect((await answer).headers['X-Consul-Index']).toBe('5');
      expect([world.watching, world.platform.waiting]).toEqual([0, 0]);
    }
  });

  it('wait for another certificate than that of the index given', async () => {
    const { value, headers } = await world.ask('GET', `${LEAF}?index=7&wait=10s`);
    expect([world.waits, value.CertPEM]).toEqual([[['web', 10_000]], 'of 8']);
    expect(headers['X-Consul-Index']).toBe('8');
    await world.ask('GET', `${LEAF}?index=7`);
    expect(world.waits).toHaveLength(1);
  });

  test.each([
    [`${ROOTS}?index=x`, 'Invalid index'],
    [`${LEAF}?index=-1`, 'Invalid index'],
    [`${ROOTS}?index=5&wait=soon`, 'Invalid wait time'],
    [`${LEAF}?index=7&wait=-1s`, 'Invalid wait time'],
    ['/v1/agent/connect/ca/leaf/', 'Missing service name'],
  ])('refuse %s', async (path, message) => {
    expect(await world.refusal('GET', path)).toBe(`invalid-argument: ${message}`);
  });

  it('are not to be had where connect is off', async () => {
    world.isEnabled = false;
    for (const path of [ROOTS, LEAF]) {
      expect(await world.refusal('GET', path)).toContain('Connect must be enabled');
    }
    const authorize = world.refusal('POST', '/v1/agent/connect/authorize', {});
    expect(await authorize).toContain('Connect must be enabled');
  });
});
