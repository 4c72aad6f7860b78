/** Three servers on a network that is cut in two. */
import {
  type HttpAnswer,
  KvLoad,
  NetworkLab,
  ServerCluster,
  type ServerProcess,
  seededRandom,
  until,
} from '@mesh/testkit';
import { expectAcknowledged, pairsOf } from './acknowledged.ts';
import { expectLinearizable } from './linearizable.ts';

const PORTS = { http: 8500, server: 8300, serfLan: 8301, serfWan: 8302 };
const NO_LEADER = { status: 500, text: 'No cluster leader' };

describe('partition', () => {
  let lab: NetworkLab | undefined;
  let cluster: ServerCluster | undefined;
  let load: KvLoad | undefined;
  beforeAll(async () => {
    lab = NetworkLab.create(3);
    if (!lab) return;
    cluster = await ServerCluster.start({
      performance: { rpc_hold_timeout: '1s' },
      placement: (position, folder) => ({
        address: lab!.addressOf(position),
        prefix: lab!.prefixOf(position),
        ports: PORTS,
        httpSocket: `${folder}/http.sock`,
      }),
    });
    await cluster.servers[0]!.http('PUT', '/v1/kv/known', 'to all');
    await cluster.converged();
  });
  afterEach(async () => {
    lab?.heal();
    await load?.stop();
  });
  afterAll(async () => {
    await cluster?.stop();
    lab?.remove();
  });

  it('the minority refuses all but stale reads; the majority goes on; it heals by itself', async () => {
    if (!lab || !cluster) return;
    load = new KvLoad({
      targets: cluster.servers.map((server) => server.target),
      random: seededRandom(5),
    }).start();
    await load.moreAcks(100);
    const old = await cluster.leader();
    const rest = cluster.servers.filter((server) => server !== old);

    cut(old);
    // Before the old leader notices: in its log, but never acknowledged.
    const doomed = Array.from({ length: 10 }, (_, at) =>
      old.http('PUT', `/v1/kv/doomed/${at}`, 'lost'),
    );
    for (const answer of await Promise.all(doomed)) expect(answer.status).toBe(500);
    await expectMinority(old);
    load.nextPhase();
    await until('the majority to write', async () => {
      const written = await Promise.all(
        rest.map((server) => server.http('PUT', `/v1/kv/majority/${server.name}`, 'kept')),
      );
      return written.every(isTrue);
    });
    for (const server of rest) {
      const read = await server.http('GET', '/v1/kv/majority/?recurse&consistent');
      expect(read.json<unknown[]>()).toHaveLength(2);
      expect(read.headers['x-consul-knownleader']).toBe('true');
    }

    lab.heal();
    await old.waitUntilReadable();
    expect(isTrue(await old.http('PUT', '/v1/kv/healed', 'yes'))).toBe(true);
    await load.moreAcks(50);
    await load.stop();
    await cluster.converged();
    expect(await pairsOf(old, 'doomed/')).toEqual(new Map());
    expect((await pairsOf(old, 'majority/')).size).toBe(2);
    await expectAcknowledged(load.acknowledged, cluster.servers);
    expect(expectLinearizable(load.history)).toBeGreaterThan(100);
  });

  it('a follower that was cut off for a while comes back without an election', async () => {
    if (!lab || !cluster) return;
    const leader = await cluster.leader();
    const follower = await cluster.follower();
    const { term } = await leader.stats('raft');
    cut(follower);
    await expectMinority(follower);
    const write = await leader.http('PUT', '/v1/kv/while-away', 'yes');
    expect(isTrue(write)).toBe(true);
    lab.heal();
    await follower.waitUntilReadable();
    await cluster.converged();
    expect(await cluster.leader()).toBe(leader);
    expect((await leader.stats('raft'))['term']).toBe(term);
  });

  it('no side of three has a majority: nobody writes, until the cut heals', async () => {
    if (!lab || !cluster) return;
    lab.partition([0], [1], [2]);
    for (const server of cluster.servers) await expectMinority(server);
    lab.heal();
    await Promise.all(cluster.servers.map((server) => server.waitUntilReadable()));
    for (const server of cluster.servers) {
      expect(isTrue(await server.http('PUT', `/v1/kv/again/${server.name}`, 'yes'))).toBe(true);
    }
    await cluster.converged();
  });

  function cut(server: ServerProcess): void {
    lab!.partition([cluster!.servers.indexOf(server)]);
  }

  /** Once it knows that it is alone: no reads and writes but stale ones, and those say how old they are. */
  async function expectMinority(server: ServerProcess): Promise<void> {
    const stale = () => server.http('GET', '/v1/kv/known?raw&stale');
    await until(`${server.name} to know no leader`, async () => {
      return (await stale()).headers['x-consul-knownleader'] === 'false';
    });
    const refused = await Promise.all([
      server.http('GET', '/v1/kv/known'),
      server.http('GET', '/v1/kv/known?consistent'),
      server.http('GET', '/v1/catalog/nodes'),
      server.http('PUT', '/v1/kv/minority', 'never'),
      server.http('DELETE', '/v1/kv/known'),
    ]);
    for (const { status, text } of refused) expect({ status, text }).toEqual(NO_LEADER);
    expect((await server.http('GET', '/v1/status/leader')).text.trim()).toBe('""');
    const first = lastContactMs(await stale());
    const later = await until('its last contact to be further back', async () => {
      const now = lastContactMs(await stale());
      return now > first + 100 && now;
    });
    expect(later).toBeGreaterThan(first);
    expect((await stale()).text).toBe('to all');
  }
});

function lastContactMs(answer: HttpAnswer): number {
  expect(answer.status).toBe(200);
  return Number(answer.headers['x-consul-lastcontact']);
}

function isTrue(answer: HttpAnswer): boolean {
  return answer.status === 200 && answer.text.trim() === 'true';
}
