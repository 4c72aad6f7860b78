import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Intention } from '@mesh/api-contract';
import { type CannedAnswer, FakeServer, type SeenRequest } from '../testing/fake-server.ts';
import { runCommand } from '../testing/run-command.ts';

const PATH = '/v1/connect/intentions';
const WEB_DB = {
  ID: '61e19b36-f400-63f3-79ed-97e74c7c2c62',
  Description: '',
  SourceNS: 'default',
  SourceName: 'web',
  DestinationNS: 'default',
  DestinationName: 'db',
  SourceType: 'consul',
  Action: 'deny',
  DefaultAddr: '',
  DefaultPort: 0,
  Meta: { k: 'v' },
  Precedence: 9,
  CreatedAt: '2026-11-23T03:36:06.123Z',
  UpdatedAt: '2026-11-23T03:36:06.123Z',
  Hash: '',
  CreateIndex: 5,
  ModifyIndex: 5,
} satisfies Intention;

describe('consul intention', () => {
  let server: FakeServer;
  let folder: string;
  let answers: (request: SeenRequest) => CannedAnswer | undefined;
  beforeAll(async () => {
    server = await FakeServer.start((request) => answers(request));
    folder = await mkdtemp(join(tmpdir(), 'mesh-intention-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    server.seen.length = 0;
    answers = ({ method, url }) => {
      if (method === 'GET' && url === PATH) return { body: [WEB_DB] };
      if (method === 'GET' && url === `${PATH}/${WEB_DB.ID}`) return { body: WEB_DB };
      return { body: { ID: WEB_DB.ID } };
    };
  });

  const intention = (...argv: string[]) =>
    runCommand(['intention', ...argv], { CONSUL_HTTP_ADDR: server.address });
  const lines = () => server.seen.map(({ method, url }) => `${method} ${url}`);
  const sent = () => JSON.parse(server.seen.at(-1)!.body.toString());

  it('create sends the pair and says what it made', async () => {
    const done = await intention('create', '-deny', '-meta', 'a=b', 'web', 'socat');
    expect(done).toEqual({ code: 0, stdout: 'Created: web => socat (deny)\n', stderr: '' });
    expect(lines()).toEqual([`POST ${PATH}`]);
    expect(sent()).toMatchObject({
      ...{ SourceName: 'web', DestinationName: 'socat', Action: 'deny', Meta: { a: 'b' } },
    });
    expect((await intention('create', 'ns/web', '*')).stdout).toBe(
      'Created: ns/web => * (allow)\n',
    );
  });

  it('create -replace writes over the one between the same names, and only that', async () => {
    expect(await intention('create', '-replace', '-allow', 'web', 'db')).toEqual({
      ...{ code: 0, stdout: '', stderr: '' },
    });
    expect(lines()).toEqual([`GET ${PATH}`, `PUT ${PATH}/${WEB_DB.ID}`]);
    expect(sent()).toMatchObject({ ID: WEB_DB.ID, Action: 'allow' });
    expect((await intention('create', '-replace', 'api', 'db')).stdout).toBe(
      'Created: api => db (allow)\n',
    );
  });

  it('create -file takes what the file says', async () => {
    const file = join(folder, 'one.json');
    const body = { SourceName: 'f1', DestinationName: 'f2', Action: 'allow' };
    writeFileSync(file, JSON.stringify(body));
    expect((await intention('create', '-file', file)).stdout).toBe('Created: f1 => f2 (allow)\n');
    expect(sent()).toEqual(body);
    writeFileSync(file, '[]');
    expect(await intention('create', '-file', file)).toMatchObject({
      code: 1,
      stderr: `Error reading file ${file}: it must hold one intention, an object\n`,
    });
  });

  it.each([
    [['create', '-allow', '-deny', 'x', 'y'], 1, 'Only one of -allow or -deny may be specified.'],
    [['create', 'x'], 1, 'Error: Must specify two arguments: source and destination'],
    [['check', 'm'], 2, 'Error: command requires exactly two arguments: src and dst'],
    [['get', 'no', 'pe'], 1, 'Error: Intention with source "no" and destination "pe" not found.'],
    [['delete', 'a', 'b', 'c'], 1, 'Error: command requires exactly 1 or 2 arguments'],
    [['match'], 1, 'Error: command requires exactly one argument: src or dst'],
    [['create', 'a/b/c', 'd'], 1, 'Invalid name "a/b/c": accepted are NAME and NAMESPACE/NAME'],
  ])('%j is refused', async (argv, code, message) => {
    const done = await intention(...argv);
    expect(done).toMatchObject({ code, stdout: '' });
    expect(done.stderr).toContain(message);
  });

  it('get shows it by names or by id', async () => {
    const shown =
      'Source:       web\nDestination:  db\nAction:       deny\n' +
      `ID:           ${WEB_DB.ID}\nMeta[k]:      v\n` +
      'Created At:   Monday, 23-Nov-26 03:36:06 UTC\n';
    expect(await intention('get', 'web', 'db')).toEqual({ code: 0, stdout: shown, stderr: '' });
    expect((await intention('get', WEB_DB.ID)).stdout).toBe(shown);
  });

  it('delete finds it by its names', async () => {
    const done = await intention('delete', 'web', 'db');
    expect(done).toEqual({ code: 0, stdout: 'Intention deleted.\n', stderr: '' });
    expect(lines()).toEqual([`GET ${PATH}`, `DELETE ${PATH}/${WEB_DB.ID}`]);
  });

  it('check says yes or no, by its exit code too', async () => {
    answers = () => ({ body: { Allowed: true } });
    expect(await intention('check', 'web', 'db')).toEqual({
      ...{ code: 0, stdout: 'Allowed\n', stderr: '' },
    });
    answers = () => ({ body: { Allowed: false } });
    expect(await intention('check', 'web', 'db')).toEqual({
      ...{ code: 1, stdout: 'Denied\n', stderr: '' },
    });
    answers = () => ({ status: 500, body: 'no' });
    expect((await intention('check', 'web', 'db')).code).toBe(2);
  });

  it('match lists in the order of the answer', async () => {
    answers = () => ({ body: { db: [WEB_DB, { ...WEB_DB, SourceName: '*', Action: 'allow' }] } });
    expect((await intention('match', 'db')).stdout).toBe('web => db (deny)\n* => db (allow)\n');
    expect(lines()).toEqual([`GET ${PATH}/match?by=destination&name=db`]);
  });
});
