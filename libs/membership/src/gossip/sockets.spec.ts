import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { noMetrics, type Platform } from '@mesh/base';
import { freePorts } from '@mesh/testkit';
import { agentConfig, GossipWorld, statuses } from '../testing/gossip-world.ts';
import { createMembership } from './create-membership.ts';
import type { GossipMembership } from './gossip-membership.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const NEXT_KEY = Buffer.alloc(32, 9).toString('base64');

const platform: Platform = {
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  random: {
    float: Math.random,
    bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    uuid: () => crypto.randomUUID(),
  },
  timers: {
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  },
};

describe('pools on real sockets', () => {
  let folder: string;
  let agents: GossipMembership[];
  let world: GossipWorld;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-sockets-'));
    agents = [];
    world = new GossipWorld();
  });
  afterEach(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    rmSync(folder, { recursive: true });
  });

  interface Place {
    readonly lan: number;
    readonly wan: number;
  }

  async function places(count: number): Promise<readonly Place[]> {
    const ports = await freePorts(2 * count);
    return Array.from({ length: count }, (_, at) => ({
      lan: ports[2 * at]!,
      wan: ports[2 * at + 1]!,
    }));
  }

  async function start(host: number, place: Place, encryptKey: string): Promise<GossipMembership> {
    const loopback = '127.0.0.1';
    const config = agentConfig(host, {
      ...{ advertiseLan: loopback, advertiseWan: loopback, bindAddress: loopback },
      ...{ encryptKey, dataDir: join(folder, `n${host}`) },
      ports: {
        ...{ server: 8300, serfLan: place.lan, serfWan: place.wan },
        ...{ http: 1, https: -1, grpc: -1, dns: 1 },
      },
      lan: {
        bindAddress: loopback,
        gossipIntervalMs: 20,
        probeIntervalMs: 100,
        probeTimeoutMs: 50,
      },
      wan: {
        bindAddress: loopback,
        gossipIntervalMs: 20,
        probeIntervalMs: 100,
        probeTimeoutMs: 50,
      },
    });
    const agent = createMembership(config, {
      ...{ platform, metrics: noMetrics, version: '1.8.6' },
      logger: world.logger('agent'),
    });
    agents.push(agent);
    await agent.start();
    return agent;
  }

  async function until(isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + 10_000;
    while (!isSo()) {
      if (performance.now() > deadlineMs) throw new Error(`not so: ${world.lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it.each(['', KEY])('find each other, with key "%s"', async (key) => {
    const [here, there] = (await places(2)) as [Place, Place];
    const one = await start(1, here, key);
    const two = await start(2, there, key);
    expect(await two.join([`localhost:${here.lan}`], false)).toBeGreaterThanOrEqual(1);
    await until(() => one.members().length === 2 && one.wanMembers().length === 2);
    await until(() => two.wanMembers().length === 2);
    expect(one.keyrings.isEncrypted('lan')).toBe(key !== '');
    expect(one.stats()).toMatchObject({ serf_lan: { encrypted: String(key !== '') } });
    await two.stop();
    await until(() => statuses(one.members()).includes('n2:failed'));
    const again = await start(2, there, key);
    await until(() => again.members().length === 2);
    await until(() => statuses(one.members()).includes('n2:alive'));
  });

  it('refuses who has no key', async () => {
    const [here, there] = (await places(2)) as [Place, Place];
    const one = await start(1, here, KEY);
    const two = await start(2, there, '');
    await expect(two.join([`127.0.0.1:${here.lan}`], false)).rejects.toThrow('Failed to join');
    expect(one.members()).toHaveLength(1);
    await expect(two.keyrings.operate('lan', 'list', '', 0)).rejects.toThrow('not enabled');
  });

  it('changes keys while all run; a file of keys wins over the configuration', async () => {
    const [here, there] = (await places(2)) as [Place, Place];
    const one = await start(1, here, KEY);
    const two = await start(2, there, KEY);
    await two.join([`127.0.0.1:${here.lan}`], false);
    await until(() => one.members().length === 2);
    for (const operation of ['install', 'use'] as const) {
      const reply = await one.keyrings.operate('lan', operation, NEXT_KEY, 0);
      expect(reply).toMatchObject({ members: 2, answers: 2, messages: {} });
    }
    await one.keyrings.operate('lan', 'remove', KEY, 0);
    const { keys, primaryKeys } = await two.keyrings.operate('lan', 'list', '', 0);
    expect([keys, primaryKeys]).toEqual([{ [NEXT_KEY]: 2 }, { [NEXT_KEY]: 2 }]);
    await expect(one.keyrings.operate('lan', 'use', 'AAAA', 0)).rejects.toThrow('16, 24 or 32');
    const file = join(folder, 'n2', 'serf', 'local.keyring');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([NEXT_KEY]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await two.stop();
    const again = await start(2, there, KEY);
    const warning = "keyring doesn't include key provided with -encrypt, using keyring keyring=LAN";
    expect(world.lines).toContain(`[WARN] agent: ${warning}`);
    await until(() => again.members().length === 2);
  });

  it('says which port it cannot have', async () => {
    const [here] = (await places(1)) as [Place];
    await start(1, here, '');
    const [, other] = (await places(2)) as [Place, Place];
    await expect(start(2, { lan: here.lan, wan: other.wan }, '')).rejects.toMatchObject({
      code: 'unavailable',
    });
    // What was already listening is not left behind.
    await start(3, { lan: other.lan, wan: other.wan }, '');
  });
});
