import { MeshError, silentLogger } from '@mesh/base';
import type { CaRoots, SignedLeaf } from '@mesh/connect-ca';
import type { Rpc } from '@mesh/resource';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { LeafCache } from './leaf-cache.ts';
import type { RootsState } from './roots-watch.ts';

const HOUR_MS = 3_600_000;

/** Resolves when all that waits for nothing but promises is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Servers that sign, on a clock that moves when told. */
class World {
  readonly platform = new ManualPlatform();
  readonly cache: LeafCache;
  /** Requests that were signed, or refused. */
  asked = 0;
  failure: MeshError | undefined;
  private readonly listeners = new Set<() => void>();
  private active = 'first';

  constructor() {
    const { platform } = this;
    const self = this;
    const call = async () => {
      this.asked++;
      if (this.failure) throw this.failure;
      return this.signed();
    };
    const rpc = { call } as unknown as Rpc;
    this.cache = new LeafCache({
      ...{ platform, logger: silentLogger, datacenter: 'dc1', rpc },
      certifier: {
        createKey: async () => 'a key',
        createCsr: async () => 'a request',
      },
      roots: {
        get current() {
          return self.roots();
        },
        get: async () => this.roots(),
        onChange: (listener) => {
          this.listeners.add(listener);
          return () => this.listeners.delete(listener);
        },
      },
    });
  }

  /** Another authority signs from now on. */
  rotate(): void {
    this.active = 'second';
    for (const listener of this.listeners) listener();
  }

  /** Lets time pass, in steps: answers come in between. */
  async pass(ms: number): Promise<void> {
    for (let step = 0; step < 100; step++) {
      this.platform.advance(ms / 100);
      await settled();
    }
  }

  private roots(): RootsState {
    const roots: CaRoots = { ActiveRootID: this.active, TrustDomain: 'a.consul', Roots: [] };
    return { roots, index: 5, fetchedMs: 0 };
  }

  private signed(): SignedLeaf {
    const { nowMs } = this.platform;
    return {
      ...{ SerialNumber: String(this.asked), CertPEM: `certificate ${this.asked}` },
      ...{ Service: 'web', ServiceURI: 'spiffe://a.consul/ns/default/dc/dc1/svc/web' },
      ValidAfter: new Date(nowMs).toISOString(),
      ValidBefore: new Date(nowMs + 10 * HOUR_MS).toISOString(),
      ...{ CreateIndex: 7, ModifyIndex: 7 },
    };
  }
}

describe('certificates of an agent', () => {
  let world: World;
  beforeEach(async () => {
    world = new World();
    await world.cache.start();
  });
  afterEach(() => world.cache.stop());

  const wait = (ms: number, signal = new AbortController().signal) => {
    let isOver = false;
    const done = world.cache.changed('web', ms, signal).then(() => {
      isOver = true;
    });
    return { done, isOver: () => isOver };
  };

  it('many who ask at once get one', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => world.cache.get('web', '')));
    expect(world.asked).toBe(1);
    expect(new Set(all.map(({ leaf }) => leaf.CertPEM))).toEqual(new Set(['certificate 1']));
    expect(all[0]!.leaf.PrivateKeyPEM).toBe('a key');
    expect([world.cache.has('web'), world.cache.has('db')]).toEqual([true, false]);
  });

  it('are renewed between half and nine tenths of their life; who waits is woken', async () => {
    const first = await world.cache.get('web', '');
    const waiting = wait(20 * HOUR_MS);
    await world.pass(6.9 * HOUR_MS);
    expect([world.asked, waiting.isOver()]).toEqual([1, false]);
    await world.pass(0.2 * HOUR_MS);
    expect([world.asked, waiting.isOver()]).toEqual([2, true]);
    const second = await world.cache.get('web', '');
    expect(second.leaf.CertPEM).toBe('certificate 2');
    // Blocking queries go by it.
    expect(second.index).toBeGreaterThan(first.index);
  });

  it('are renewed soon when another authority signs', async () => {
    await world.cache.get('web', '');
    world.rotate();
    await world.pass(30_000);
    expect(world.asked).toBe(2);
    expect((await world.cache.get('web', '')).rootId).toBe('second');
  });

  it('the old one is given while no other is to be had, as long as it lives', async () => {
    await world.cache.get('web', '');
    world.failure = new MeshError('no-servers', 'No known Consul servers');
    await world.pass(9 * HOUR_MS);
    const tries = world.asked;
    expect(tries).toBeGreaterThan(10);
    expect((await world.cache.get('web', '')).leaf.CertPEM).toBe('certificate 1');
    await world.pass(2 * HOUR_MS);
    await expect(world.cache.get('web', '')).rejects.toThrow('No known Consul servers');
    world.failure = undefined;
    expect((await world.cache.get('web', '')).leaf.CertPEM).toBe(`certificate ${world.asked}`);
  });

  it('a wait ends with its time, or when nobody waits any more', async () => {
    await world.cache.get('web', '');
    const timed = wait(1000);
    await world.pass(1001);
    expect(timed.isOver()).toBe(true);
    const controller = new AbortController();
    const given = wait(HOUR_MS, controller.signal);
    controller.abort();
    await given.done;
    expect(given.isOver()).toBe(true);
  });

  it('that nobody asks for any more are not renewed', async () => {
    await world.cache.get('web', '');
    await world.pass(10 * 24 * HOUR_MS);
    const { asked } = world;
    expect(world.cache.has('web')).toBe(false);
    await world.pass(24 * HOUR_MS);
    expect(world.asked).toBe(asked);
  });
});
