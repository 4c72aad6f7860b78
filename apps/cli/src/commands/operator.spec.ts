import { type CannedAnswer, FakeServer, type SeenRequest } from '../testing/fake-server.ts';
import { runCommand } from '../testing/run-command.ts';

const CONFIGURATION = {
  CleanupDeadServers: true,
  LastContactThreshold: '200ms',
  MaxTrailingLogs: 250,
  MinQuorum: 0,
  ServerStabilizationTime: '10s',
  RedundancyZoneTag: '',
  DisableUpgradeMigration: false,
  UpgradeVersionTag: '',
  CreateIndex: 4,
  ModifyIndex: 17,
};
const { CreateIndex: _created, ModifyIndex: _modified, ...SETTINGS } = CONFIGURATION;
const CONFIGURATION_PATH = '/v1/operator/autopilot/configuration';

describe('consul operator', () => {
  let server: FakeServer;
  let answers: (request: SeenRequest) => CannedAnswer | undefined;
  beforeAll(async () => {
    server = await FakeServer.start((request) => answers(request));
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.seen.length = 0;
    answers = () => undefined;
  });

  const operator = (...argv: string[]) =>
    runCommand(['operator', ...argv], { CONSUL_HTTP_ADDR: server.address });
  const lines = () => server.seen.map(({ method, url }) => `${method} ${url}`);

  describe('raft list-peers', () => {
    const peer = {
      ID: 'f017a841-9983-324e-8984-6cf00cf5a1a8',
      Node: 'ref1',
      Address: '127.0.0.1:8300',
      Leader: true,
      ProtocolVersion: '3',
      Voter: true,
    };

    it('prints a table', async () => {
      const old = {
        ...{ ID: 'x', Node: '(unknown)', Address: '[::1]:8300' },
        ...{ Leader: false, ProtocolVersion: '', Voter: false },
      };
      answers = () => ({ body: { Servers: [peer, old], Index: 9 } });
      expect(await operator('raft', 'list-peers')).toEqual({
        code: 0,
        stdout:
          'Node       ID                                    Address         State     Voter  RaftProtocol\n' +
          'ref1       f017a841-9983-324e-8984-6cf00cf5a1a8  127.0.0.1:8300  leader    true   3\n' +
          '(unknown)  x                                     [::1]:8300      follower  false  <=1\n',
        stderr: '',
      });
      expect(lines()).toEqual(['GET /v1/operator/raft/configuration']);
    });

    it('asks any server with -stale, and another datacenter', async () => {
      answers = () => ({ body: { Servers: [], Index: 0 } });
      expect((await operator('raft', 'list-peers', '-stale', '-datacenter=dc2')).code).toBe(0);
      expect(lines()).toEqual(['GET /v1/operator/raft/configuration?dc=dc2&stale=']);
    });

    it('says what failed', async () => {
      answers = () => ({ status: 500, body: 'No cluster leader' });
      expect(await operator('raft', 'list-peers')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'Error getting peers: Unexpected response code: 500 (No cluster leader)\n',
      });
      expect((await operator('raft', 'list-peers', 'x')).stderr).toContain('Too many arguments');
    });
  });

  describe('raft remove-peer', () => {
    it.each([
      ['address', '[fe80::1]:8300', '%5Bfe80%3A%3A1%5D%3A8300'],
      ['id', 'a b', 'a%20b'],
    ])('by %s', async (what, value, sent) => {
      answers = () => ({});
      expect(await operator('raft', 'remove-peer', `-${what}=${value}`)).toEqual({
        code: 0,
        stdout: `Removed peer with ${what} "${value}"\n`,
        stderr: '',
      });
      expect(lines()).toEqual([`DELETE /v1/operator/raft/peer?${what}=${sent}`]);
    });

    it('wants the one or the other', async () => {
      const without = await operator('raft', 'remove-peer');
      expect(without).toMatchObject({ code: 1, stdout: '' });
      expect(without.stderr).toBe(
        'Error removing peer: an address or id is required for the peer to remove\n',
      );
      const both = await operator('raft', 'remove-peer', '-id=a', '-address=b');
      expect(both.stderr).toBe('Error removing peer: cannot give both an address and id\n');
      expect(lines()).toEqual([]);
    });

    it('says what the server refuses', async () => {
      answers = () => ({
        status: 500,
        body: 'id "x" was not found in the Raft configuration',
      });
      expect(await operator('raft', 'remove-peer', '-id=x')).toEqual({
        code: 1,
        stdout: '',
        stderr:
          'Error removing peer: Unexpected response code: 500 (id "x" was not found in the Raft configuration)\n',
      });
    });
  });

  it('autopilot get-config prints every setting', async () => {
    answers = () => ({ body: { ...CONFIGURATION, RedundancyZoneTag: 'a "zone"' } });
    expect(await operator('autopilot', 'get-config', '-stale')).toEqual({
      code: 0,
      stdout:
        'CleanupDeadServers = true\nLastContactThreshold = 200ms\nMaxTrailingLogs = 250\n' +
        'MinQuorum = 0\nServerStabilizationTime = 10s\nRedundancyZoneTag = "a \\"zone\\""\n' +
        'DisableUpgradeMigration = false\nUpgradeVersionTag = ""\n',
      stderr: '',
    });
    expect(lines()).toEqual([`GET ${CONFIGURATION_PATH}?stale=`]);
  });

  describe('autopilot set-config', () => {
    const configured = (put: CannedAnswer = { body: 'true\n' }) => {
      answers = ({ method }) => (method === 'GET' ? { body: CONFIGURATION } : put);
    };
    const written = () => {
      const put = server.seen.at(-1)!;
      expect(`${put.method} ${put.url}`).toBe(`PUT ${CONFIGURATION_PATH}?cas=17`);
      return JSON.parse(put.body) as unknown;
    };

    it.each([
      ['-cleanup-dead-servers=false', { CleanupDeadServers: false }],
      ['-disable-upgrade-migration', { DisableUpgradeMigration: true }],
      ['-last-contact-threshold=1.5s', { LastContactThreshold: '1.5s' }],
      ['-max-trailing-logs=0', { MaxTrailingLogs: 0 }],
      ['-min-quorum=3', { MinQuorum: 3 }],
      ['-redundancy-zone-tag=zone', { RedundancyZoneTag: 'zone' }],
      ['-server-stabilization-time=2m', { ServerStabilizationTime: '2m0s' }],
      ['-upgrade-version-tag=v', { UpgradeVersionTag: 'v' }],
    ])('%s changes that alone, if nothing has changed since', async (flag, change) => {
      configured();
      expect(await operator('autopilot', 'set-config', flag)).toEqual({
        code: 0,
        stdout: 'Configuration updated!\n',
        stderr: '',
      });
      expect(written()).toEqual({ ...SETTINGS, ...change });
    });

    it('takes many flags at once, and none', async () => {
      configured();
      await operator('autopilot', 'set-config', '-max-trailing-logs=1', '-min-quorum=2');
      expect(written()).toEqual({ ...SETTINGS, MaxTrailingLogs: 1, MinQuorum: 2 });
      await operator('autopilot', 'set-config');
      expect(written()).toEqual(SETTINGS);
    });

    it('fails when somebody else was quicker', async () => {
      configured({ body: 'false\n' });
      expect(await operator('autopilot', 'set-config', '-min-quorum=3')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'Configuration could not be atomically updated, please try again\n',
      });
    });

    it('says what failed', async () => {
      answers = () => ({ status: 500, body: 'No cluster leader' });
      expect((await operator('autopilot', 'set-config')).stderr).toBe(
        'Error querying Autopilot configuration: Unexpected response code: 500 (No cluster leader)\n',
      );
      expect(lines()).toEqual([`GET ${CONFIGURATION_PATH}`]);
      configured({ status: 400, body: 'MinQuorum: expected a whole number of 0 or more, got -1' });
      const refused = await operator('autopilot', 'set-config', '-min-quorum=-1');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/^Error setting Autopilot configuration: .*got -1\)\n$/);
    });

    it.each(['-cleanup-dead-servers=maybe', '-last-contact-threshold=1', '-max-trailing-logs=x'])(
      '%s is refused before anything is asked',
      async (flag) => {
        expect((await operator('autopilot', 'set-config', flag)).code).toBe(1);
        expect(lines()).toEqual([]);
      },
    );
  });

  it('a group lists what stands directly under it', async () => {
    const top = await operator('-h');
    expect(top.code).toBe(0);
    expect(top.stdout).toMatch(/^ {4}autopilot {4}\S/m);
    expect(top.stdout).toMatch(/^ {4}raft {9}\S/m);
    expect(top.stdout).not.toContain('list-peers');
    const raft = await operator('raft', '--help');
    expect(raft.stdout).toMatch(/^Usage: consul operator raft <subcommand>/);
    expect(raft.stdout).toMatch(/list-peers[\s\S]*remove-peer/);
    expect(await operator('raft')).toMatchObject({ code: 1, stdout: '' });
  });
});
