/**
 * The datacenter of docker-compose.yml: comes up from nothing, keeps what it acknowledged whatever
 * happens to its servers, and is still the same after `down` and `up`. Where no engine runs, the same
 * programs in network namespaces.
 */
import { KvLoad, reportFaults, seededRandom, until } from '@mesh/testkit';
import { expectLinearizable } from '../integration/linearizable.ts';
import { createStack } from './create-stack.ts';
import { SERVERS, type ServerName, type Stack } from './stack.ts';

const MINUTE_MS = 60_000;

describe('a datacenter from one command', () => {
  let stack: Stack;
  let load: KvLoad;
  let kept: ReadonlyMap<string, string>;

  beforeAll(async () => {
    stack = await createStack();
    const startedAtMs = performance.now();
    await stack.up();
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    reportFaults(`${stack.kind}: everything healthy ${seconds} s after the start from nothing`);
    load = new KvLoad({
      ...{ targets: [stack.api], appenders: 2, contenders: 4, pauseMs: 30 },
      random: seededRandom(7),
    });
  });
  afterAll(async () => {
    await load?.stop();
    await stack?.purge();
  });

  it('has one leader, three voters and five members, as seen from this machine', async () => {
    const { code, stdout } = await stack.consul('members');
    expect([code, stdout.split('\n').slice(1, -1).map(memberOf)]).toEqual([
      0,
      [
        'agent-1 alive client',
        'agent-2 alive client',
        'server-1 alive server',
        'server-2 alive server',
        'server-3 alive server',
      ],
    ]);
    const peers = (await stack.consul('operator', 'raft', 'list-peers')).stdout;
    expect(peers.match(/\bleader\b/g)).toHaveLength(1);
    expect(peers.match(/\bfollower\b/g)).toHaveLength(2);
    expect(peers.match(/\btrue\b/g)).toHaveLength(3);
  });

  it('answers DNS at the front', async () => {
    await until('api in DNS', async () => (await addressesOf('api')).length === 1);
    const srv = await stack.dig('api.service.consul', 'SRV', '+short');
    expect(srv).toMatch(/^1 1 9090 agent-2\.node\.dc1\.consul\.$/m);
    const [address] = await addressesOf('api');
    expect(await stack.dig('agent-2.node.consul', 'A', '+short')).toBe(`${address}\n`);
    expect(await stack.dig('nobody.service.consul')).toContain('status: NXDOMAIN');
  });

  it('reaches its upstream through both sidecars, and opens the UI', async () => {
    await until('the demo page', demoWorks);
    const { text } = await stack.demo('/');
    expect(text).toContain('web reached api');
    expect(await stack.get('agent-1', '/ui/')).toContain('<title>');
    // There is no other way to api than its sidecar.
    expect(await stack.get('agent-2', '/v1/agent/self')).toContain('"VerifyIncoming":true');
  });

  it('the leader is killed', async () => {
    load.start();
    await load.moreAcks(50);
    await during('kill -9 of the leader', async () => {
      const leader = await leaderOf();
      await stack.kill(leader);
      await load.moreAcks(50);
      await stack.start(leader);
    });
  });

  it('an agent dies and comes back', () => during('an agent killed', killAgent));

  it('a follower is frozen for a minute', async () => {
    await during('a follower paused for a minute', async () => {
      const follower = await followerOf();
      const frozenAtMs = performance.now();
      await stack.pause(follower);
      try {
        while (performance.now() - frozenAtMs < MINUTE_MS) await load.moreAcks(20);
      } finally {
        await stack.resume(follower);
      }
      await knowsAll(follower);
    });
  });

  it('a server is cut off, and the cut heals', async () => {
    await during('the leader cut off for some seconds', async () => {
      const leader = await leaderOf();
      await stack.cut(leader);
      try {
        await load.moreAcks(100);
        await until('a leader that knows that it is none', async () => {
          return (await stack.get(leader, '/v1/status/leader')).trim() === '""';
        });
      } finally {
        await stack.heal();
      }
      await knowsAll(leader);
    });
  });

  it('a server loses its volume and rejoins empty', async () => {
    await during('a follower that lost its volume', async () => {
      const follower = await followerOf();
      await stack.replaceEmpty(follower);
      await knowsAll(follower);
    });
  });

  it('all three servers are replaced, one after the other', async () => {
    for (const server of SERVERS) {
      const role = (await leaderOf()) === server ? 'leader' : 'follower';
      await during(`${server} (${role}) replaced`, async () => {
        await stack.replace(server);
        await knowsAll(server);
      });
    }
  });

  it('everything is restarted at once', async () => {
    await during('everything restarted', async () => {
      await stack.restartAll();
      await until('the demo page', demoWorks, MINUTE_MS);
    });
  });

  it('lost nothing that it acknowledged', async () => {
    await load.stop();
    kept = load.acknowledged;
    for (const server of SERVERS) await knowsAll(server);
    const checked = expectLinearizable(load.history);
    expect(checked).toBeGreaterThan(200);
    reportFaults(
      `${stack.kind}: 0 of ${kept.size} acknowledged writes lost, ${checked} operations linearizable ` +
        `(failed meanwhile: ${load.describeFailures()})`,
    );
  });

  it('is the same after down and up', async () => {
    await stack.down();
    const startedAtMs = performance.now();
    await stack.up();
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    reportFaults(`${stack.kind}: everything healthy ${seconds} s after the second start`);
    for (const server of SERVERS) await knowsAll(server);
    expect((await stack.consul('members')).stdout.match(/\balive\b/g)).toHaveLength(5);
    await until('the demo page', demoWorks, MINUTE_MS);
    await until('api in DNS', async () => (await addressesOf('api')).length === 1);
  });

  /** Its services leave DNS when its death is noticed, and are back when it is, without anybody's help. */
  async function killAgent(): Promise<void> {
    const killedAtMs = performance.now();
    await stack.kill('agent-2');
    await until('api to leave DNS', async () => (await addressesOf('api')).length === 0, MINUTE_MS);
    const goneMs = performance.now() - killedAtMs;
    await stack.start('agent-2');
    const startedAtMs = performance.now();
    await until('api in DNS again', async () => (await addressesOf('api')).length === 1, MINUTE_MS);
    const backMs = performance.now() - startedAtMs;
    await until('the demo page', demoWorks, MINUTE_MS);
    reportFaults(
      `${stack.kind}: an agent killed: out of DNS after ${(goneMs / 1000).toFixed(1)} s; ` +
        `${(backMs / 1000).toFixed(1)} s after it is healthy again, back`,
    );
  }

  /** Runs a fault under load, and says how long nobody could write. */
  async function during(what: string, fault: () => Promise<void>): Promise<void> {
    load.nextPhase();
    const fromMs = performance.now();
    try {
      await fault();
      // The next fault must not find fewer voters: a majority of two survives nothing.
      await threeVoters();
      await load.moreAcks(20);
    } catch (error) {
      throw new Error(`${String(error)}\n${load.describeFailures()}\n${await stack.logs()}`);
    }
    const { lengthMs } = load.longestGap(fromMs, performance.now());
    reportFaults(
      `${stack.kind}: ${what}: ${Math.round(lengthMs)} ms without an acknowledged write`,
    );
  }

  async function leaderOf(): Promise<ServerName> {
    return until('a leader', async () => {
      const { stdout } = await stack.consul('operator', 'raft', 'list-peers');
      const row = stdout.split('\n').find((line) => /\bleader\b/.test(line));
      return SERVERS.find((server) => row?.startsWith(server));
    });
  }

  async function followerOf(): Promise<ServerName> {
    const leader = await leaderOf();
    return SERVERS.find((server) => server !== leader)!;
  }

  async function threeVoters(): Promise<void> {
    await until(
      'three voters that are up',
      async () => {
        const { stdout } = await stack.consul('operator', 'raft', 'list-peers');
        const rows = stdout.split('\n').slice(1).filter(Boolean);
        return rows.length === 3 && rows.every((row) => /(leader|follower) +true/.test(row));
      },
      MINUTE_MS,
    );
  }

  /** A server's own state has every write that was acknowledged before the question. */
  async function knowsAll(server: ServerName): Promise<void> {
    const acknowledged = new Map(load.acknowledged);
    await until(
      `${server} to know all`,
      async () => {
        const body = await stack.get(server, '/v1/kv/own/?recurse&stale');
        const pairs = JSON.parse(body) as { Key: string; Value: string | null }[];
        const held = new Map(pairs.map(({ Key, Value }) => [Key, decoded(Value)]));
        const lost = [...acknowledged].filter(([key, value]) => held.get(key) !== value);
        if (lost.length > 0) throw new Error(`${lost.length} missing, as ${lost[0]!.join(' = ')}`);
        return true;
      },
      MINUTE_MS,
    );
  }

  async function addressesOf(service: string): Promise<readonly string[]> {
    const text = await stack.dig(`${service}.service.consul`, 'A', '+short');
    return text.split('\n').filter((line) => /^[\d.]+$/.test(line));
  }

  async function demoWorks(): Promise<boolean> {
    return (await stack.demo('/')).status === 200;
  }
});

function memberOf(row: string): string {
  const [name, , status, type] = row.split(/ +/);
  return `${name} ${status} ${type}`;
}

function decoded(value: string | null): string {
  return Buffer.from(value ?? '', 'base64').toString();
}
