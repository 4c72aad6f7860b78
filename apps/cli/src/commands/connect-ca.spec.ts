import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CannedAnswer, FakeServer } from '../testing/fake-server.ts';
import { runCommand } from '../testing/run-command.ts';

const CONFIGURATION = {
  Provider: 'consul',
  Config: { IntermediateCertTTL: '8760h', LeafCertTTL: '72h', RotationPeriod: '2160h' },
  State: null,
  CreateIndex: 5,
  ModifyIndex: 5,
};

describe('consul connect ca', () => {
  let server: FakeServer;
  let folder: string;
  let answer: CannedAnswer;
  beforeAll(async () => {
    server = await FakeServer.start(() => answer);
    folder = await mkdtemp(join(tmpdir(), 'mesh-ca-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    server.seen.length = 0;
    answer = { body: { ...CONFIGURATION, ForceWithoutCrossSigning: false } };
  });

  const ca = (...argv: string[]) =>
    runCommand(['connect', 'ca', ...argv], { CONSUL_HTTP_ADDR: server.address });
  const file = (text: string) => {
    const path = join(folder, 'ca.json');
    writeFileSync(path, text);
    return path;
  };

  it('get-config shows it as JSON', async () => {
    const done = await ca('get-config');
    expect(done).toEqual({
      code: 0,
      stdout: `${JSON.stringify(CONFIGURATION, null, '\t')}\n`,
      stderr: '',
    });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/connect/ca/configuration',
    ]);
  });

  it('what get-config shows can be set again', async () => {
    const path = file(JSON.stringify(CONFIGURATION));
    expect(await ca('set-config', '-config-file', path)).toEqual({
      ...{ code: 0, stdout: 'Configuration updated!\n', stderr: '' },
    });
    const [seen] = server.seen;
    expect(`${seen?.method} ${seen?.url}`).toBe('PUT /v1/connect/ca/configuration');
    expect(JSON.parse(String(seen?.body))).toEqual({
      ...{ Provider: 'consul', Config: CONFIGURATION.Config },
    });
  });

  it('says what is wrong, and sends nothing then', async () => {
    const missing = join(folder, 'missing.json');
    const open = `open ${missing}: no such file or directory`;
    for (const [argv, message] of [
      [['set-config'], 'The -config-file flag is required'],
      [['set-config', '-config-file', missing], `Error reading config file: ${open}`],
      [['set-config', '-config-file', file('{')], 'Error parsing config file: '],
      [
        ['set-config', '-config-file', file('[]')],
        'Error parsing config file: an object with Provider and Config is accepted',
      ],
    ] as const) {
      const done = await ca(...argv);
      expect([done.code, done.stdout]).toEqual([1, '']);
      expect(done.stderr).toContain(message);
    }
    expect(server.seen).toEqual([]);
  });

  it('hands on what the server says', async () => {
    answer = { status: 400, body: 'error configuring provider: leaf cert TTL' };
    const done = await ca('set-config', '-config-file', file('{"Provider":"consul"}'));
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('Error setting CA configuration: Unexpected response code: 400');
  });
});
