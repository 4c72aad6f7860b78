import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeAclAgent, TOKEN } from '../testing/fake-acl-agent.ts';

describe('consul login', () => {
  let agent: FakeAclAgent;
  let folder: string;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
  });
  afterAll(() => agent.stop());
  beforeEach(async () => {
    agent.reset();
    agent.extra = { 'POST /v1/acl/login': { body: TOKEN } };
    folder = await mkdtemp(join(tmpdir(), 'mesh-login-'));
    writeFileSync(join(folder, 'jwt'), 'eyJh.eyJp.sig\n');
    writeFileSync(join(folder, 'empty'), '\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const at = (name: string) => join(folder, name);
  const flags = () => [
    '-method=ci',
    '-bearer-token-file',
    at('jwt'),
    '-token-sink-file',
    at('sink'),
  ];

  it('exchanges the bearer token, and keeps the secret in a file', async () => {
    const meta = ['-meta', 'pod=web-1', '-meta=job=a=b', '-type=jwt'];
    expect(await agent.run(['login', ...flags(), ...meta])).toEqual({
      ...{ code: 0, stdout: '', stderr: '' },
    });
    expect(agent.lines()).toEqual(['POST /v1/acl/login']);
    expect(agent.sent()).toEqual({
      ...{ AuthMethod: 'ci', BearerToken: 'eyJh.eyJp.sig', Meta: { pod: 'web-1', job: 'a=b' } },
    });
    expect(readFileSync(at('sink'), 'utf8')).toBe(TOKEN.SecretID);
  });

  it('a refused login leaves the file as it was', async () => {
    writeFileSync(at('sink'), 'older');
    for (const answer of [{ status: 403, body: 'ACL not found' }, { body: {} }, { body: 'no' }]) {
      agent.extra = { 'POST /v1/acl/login': answer };
      const done = await agent.run(['login', ...flags()]);
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(done.stderr).toMatch(/^Error logging in: /);
      expect(readFileSync(at('sink'), 'utf8')).toBe('older');
      expect(readdirSync(folder).sort()).toEqual(['empty', 'jwt', 'sink']);
    }
  });

  it.each([
    ['-method=', "Missing required '-method' flag\n\nUsage: consul login"],
    ['-token-sink-file=', "Missing required '-token-sink-file' flag"],
    ['-bearer-token-file=', "Missing required '-bearer-token-file' flag"],
    ['-bearer-token-file=/no/such', 'Error reading bearer token: open /no/such: no such file'],
    ['-token-sink-file=/no/such', 'Error writing token to file sink: open /no/such: no such file'],
    ['-type=oidc', 'Unknown type: oidc (accepted: jwt, kubernetes;'],
    ['-meta=x', 'missing "=" value in argument: "x"'],
  ])('%s is refused before anything is asked', async (flag, message) => {
    const done = await agent.run(['login', ...flags(), flag]);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(message);
    expect(agent.lines()).toEqual([]);
  });

  it('an empty bearer token is none', async () => {
    const done = await agent.run(['login', ...flags(), '-bearer-token-file', at('empty')]);
    expect(done.stderr).toBe(`No bearer token found in ${at('empty')}\n`);
    expect(agent.lines()).toEqual([]);
  });

  it('logout shows the token that it destroys', async () => {
    agent.extra = { 'POST /v1/acl/logout': {} };
    const argv = ['logout', '-token-file', at('jwt'), '-datacenter=dc2'];
    expect((await agent.run(argv)).stderr).toContain('404');
    expect(agent.lines()).toEqual(['POST /v1/acl/logout?dc=dc2']);
    expect(await agent.run(['logout', '-token-file', at('jwt')])).toEqual({
      ...{ code: 0, stdout: '', stderr: '' },
    });
    expect(agent.requests()[1]!.headers['x-consul-token']).toBe('eyJh.eyJp.sig');
  });
});
