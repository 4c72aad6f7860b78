import { type CannedAnswer, FakeServer, type SeenRequest } from '../testing/fake-server.ts';
import { runCommand } from '../testing/run-command.ts';

const KEY = 'pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=';
const OTHER = 'HS5lJ+XuTlYKWaeGYyG+/A==';

let server: FakeServer;
let answers: (request: SeenRequest) => CannedAnswer | undefined;
beforeAll(async () => {
  server = await FakeServer.start((request) => answers(request));
});
afterAll(() => server.stop());
beforeEach(() => {
  server.seen.length = 0;
});

const keyring = (...argv: string[]) =>
  runCommand(['keyring', ...argv], { CONSUL_HTTP_ADDR: server.address });
const asked = () => server.seen.map(({ method, url, body }) => `${method} ${url} ${body}`.trim());

describe('lists', () => {
  const POOLS = [
    {
      ...{ WAN: true, Datacenter: 'dc1', Segment: '', NumNodes: 2 },
      ...{ Keys: { [KEY]: 2, [OTHER]: 1 }, PrimaryKeys: { [KEY]: 2 } },
    },
    {
      ...{ WAN: false, Datacenter: 'dc1', Segment: '', NumNodes: 3 },
      ...{ Messages: { c1: 'truncated' }, Keys: { [KEY]: 3 }, PrimaryKeys: { [KEY]: 3 } },
    },
    {
      ...{ WAN: false, Datacenter: 'dc2', Segment: 'alpha', NumNodes: 1 },
      ...{ Keys: null, PrimaryKeys: null },
    },
  ];

  test('keys pool by pool', async () => {
    answers = () => ({ body: POOLS });
    expect(await keyring('-list')).toEqual({
      code: 0,
      stdout:
        '==> Gathering installed encryption keys...\n' +
        `\nWAN:\n  ${KEY} [2/2]\n  ${OTHER} [1/2]\n` +
        `\ndc1 (LAN):\n  ===> c1: truncated\n  ${KEY} [3/3]\n` +
        '\ndc2 (LAN) [alpha]:\n',
      stderr: '',
    });
    expect(asked()).toEqual(['GET /v1/operator/keyring']);
  });

  test('primary keys', async () => {
    answers = () => ({ body: POOLS });
    const { stdout } = await keyring('-list-primary', '-local-only', '-relay-factor=3');
    expect(stdout).toMatch(/^==> Gathering installed primary encryption keys\.\.\.\n\nWAN:\n/);
    expect(stdout).not.toContain(OTHER);
    expect(asked()).toEqual(['GET /v1/operator/keyring?local-only=true&relay-factor=3']);
  });

  test('as the original where there is no encryption', async () => {
    const errors =
      '4 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n' +
      '\t* ref1.dc1: Keyring is empty (encryption not enabled)\n' +
      '\t* dc1 (LAN) error: 1/1 nodes reported failure\n' +
      '\t* ref1: Keyring is empty (encryption not enabled)\n\n';
    answers = () => ({ status: 500, body: errors });
    expect(await keyring('-list')).toEqual({
      code: 1,
      stdout: '==> Gathering installed encryption keys...\n',
      stderr: `error: Unexpected response code: 500 (${errors})\n`,
    });
  });
});

describe('changes', () => {
  test.each([
    ['-install', 'POST', 'Installing new gossip encryption key...'],
    ['-use', 'PUT', 'Changing primary gossip encryption key...'],
    ['-remove', 'DELETE', 'Removing gossip encryption key...'],
  ])('%s', async (flag, method, said) => {
    answers = () => ({});
    const stdout = `==> ${said}\n`;
    expect(await keyring(`${flag}=${KEY}`)).toEqual({ code: 0, stdout, stderr: '' });
    answers = () => ({ status: 500, body: 'no' });
    expect(await keyring(`${flag}=${KEY}`, '-relay-factor=5')).toEqual({
      code: 1,
      stdout,
      stderr: 'error: Unexpected response code: 500 (no)\n',
    });
    expect(asked()).toEqual([
      `${method} /v1/operator/keyring {"Key":"${KEY}"}`,
      `${method} /v1/operator/keyring?relay-factor=5 {"Key":"${KEY}"}`,
    ]);
  });
});

describe('is refused', () => {
  test.each([
    [['-list', `-use=${KEY}`], 'Only a single action is allowed\n'],
    [[`-install=${KEY}`, `-remove=${KEY}`], 'Only a single action is allowed\n'],
    [
      ['-list', '-relay-factor=6'],
      'Error parsing relay factor: Relay factor must be in range: [0, 5]\n',
    ],
    [
      [`-use=${KEY}`, '-local-only'],
      'Error validating local-only: local-only can only be set for list requests\n',
    ],
  ])('%j', async (argv, stderr) => {
    expect(await keyring(...argv)).toEqual({ code: 1, stdout: '', stderr });
    expect(asked()).toEqual([]);
  });

  test('no action: help', async () => {
    const { code, stderr } = await keyring();
    expect([code, stderr.split('\n')[0]]).toEqual([1, 'Usage: consul keyring [options]']);
  });
});
