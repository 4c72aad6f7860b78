import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeAclAgent } from '../testing/fake-acl-agent.ts';

const MINIKUBE = {
  MaxTokenTTL: '5m0s',
  Name: 'minikube',
  Type: 'kubernetes',
  DisplayName: 'Mini',
  Description: 'dev cluster',
  TokenLocality: 'global',
  Config: { ServiceAccountJWT: 'eyJh', Host: 'https://192.0.2.42:8443', CACert: '<pem>' },
  CreateIndex: 37,
  ModifyIndex: 38,
};
const CI = { Name: 'ci', Type: 'jwt', CreateIndex: 40, ModifyIndex: 40 };
const PATH = '/v1/acl/auth-method/minikube';
const KUBERNETES = [
  '-kubernetes-host=https://192.0.2.42:8443',
  '-kubernetes-ca-cert=pem',
  '-kubernetes-service-account-jwt=eyJh',
];

describe('consul acl auth-method', () => {
  let agent: FakeAclAgent;
  let folder: string;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
    folder = await mkdtemp(join(tmpdir(), 'mesh-auth-'));
  });
  afterAll(async () => {
    await agent.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    agent.reset();
    agent.extra = {
      'GET /v1/acl/auth-methods': { body: [CI, { ...MINIKUBE, Config: undefined }] },
      'PUT /v1/acl/auth-method': { body: MINIKUBE },
      [`GET ${PATH}`]: { body: MINIKUBE },
      [`PUT ${PATH}`]: { body: MINIKUBE },
      [`DELETE ${PATH}`]: { body: true },
    };
  });

  const method = (...argv: string[]) => agent.run(['acl', 'auth-method', ...argv]);

  it('read shows all, the configuration by name of its fields', async () => {
    expect(await method('read', '-name=minikube', '-meta')).toEqual({
      code: 0,
      stdout: `Name:          minikube
Type:          kubernetes
Description:   dev cluster
DisplayName:   Mini
MaxTokenTTL:   5m0s
TokenLocality: global
Create Index:  37
Modify Index:  38
Config:
{
  "CACert": "\\u003cpem\\u003e",
  "Host": "https://192.0.2.42:8443",
  "ServiceAccountJWT": "eyJh"
}

`,
      stderr: '',
    });
    const json = (await method('read', '-name=minikube', '-format=json')).stdout;
    expect(JSON.parse(json)).toEqual(MINIKUBE);
    expect(Object.keys(JSON.parse(json) as object)).toEqual(Object.keys(MINIKUBE));
  });

  it('list leaves the configuration out', async () => {
    const shown = `ci:
   Type:          jwt
   Description:   
minikube:
   Type:          kubernetes
   Description:   dev cluster
   DisplayName:   Mini
   MaxTokenTTL:   5m0s
   TokenLocality: global

`;
    expect(await method('list')).toEqual({ code: 0, stdout: shown, stderr: '' });
    const { Config: _config, ...entry } = MINIKUBE;
    expect(JSON.parse((await method('list', '-format=json')).stdout)).toEqual([CI, entry]);
    agent.extra = { 'GET /v1/acl/auth-methods': { status: 403, body: 'Permission denied' } };
    expect((await method('list')).stderr).toBe(
      'Failed to retrieve the auth method list: Unexpected response code: 403 (Permission denied)\n',
    );
  });

  it('delete', async () => {
    expect(await method('delete', '-name=minikube')).toEqual({
      ...{ code: 0, stdout: 'Auth-method "minikube" deleted successfully\n', stderr: '' },
    });
    expect((await method('delete', '-name=a/b')).stderr).toBe(
      'Error deleting auth method "a/b": Unexpected response code: 404\n',
    );
    expect(agent.lines().at(-1)).toBe('DELETE /v1/acl/auth-method/a%2Fb');
  });

  describe('create', () => {
    it('of type kubernetes, from flags', async () => {
      const file = join(folder, 'ca.crt');
      writeFileSync(file, 'certificates\n');
      const [host, , jwt] = KUBERNETES as [string, string, string];
      const flags = ['-description=d', '-display-name=D', '-max-token-ttl=300s'];
      const kind = ['-name=minikube', '-type=kubernetes', '-token-locality=local'];
      await method('create', ...kind, ...flags, host, jwt, `-kubernetes-ca-cert=@${file}`);
      expect(agent.sent()).toEqual({
        ...{ Name: 'minikube', Type: 'kubernetes', Description: 'd', DisplayName: 'D' },
        ...{ TokenLocality: 'local', MaxTokenTTL: '5m0s' },
        Config: {
          Host: 'https://192.0.2.42:8443',
          CACert: 'certificates\n',
          ServiceAccountJWT: 'eyJh',
        },
      });
    });

    it('of type jwt, from JSON', async () => {
      const argv = ['acl', 'auth-method', 'create', '-name=ci', '-type=jwt', '-config=-'];
      expect((await agent.run(argv, '{"JWKSURL":"https://ci"}')).code).toBe(0);
      expect(agent.sent()).toMatchObject({ Type: 'jwt', Config: { JWKSURL: 'https://ci' } });
      expect(agent.sent()).not.toHaveProperty('MaxTokenTTL');
    });

    it.each([
      [['-name=x'], "Missing required '-type' flag\n\nUsage: consul acl auth-method create"],
      [['-type=jwt'], "Missing required '-name' flag\n\nUsage:"],
      [['-name=x', '-type=kubernetes', ...KUBERNETES.slice(1)], "required '-kubernetes-host' flag"],
      [['-name=x', '-type=kubernetes', KUBERNETES[0]!], "required '-kubernetes-ca-cert' flag"],
      [
        ['-name=x', '-type=kubernetes', ...KUBERNETES.slice(0, 2)],
        "Missing required '-kubernetes-service-account-jwt' flag",
      ],
      [
        ['-name=x', '-type=jwt', KUBERNETES[0]!],
        '-kubernetes-host is for methods of type kubernetes, this is of jwt\n',
      ],
      [
        ['-name=x', '-type=kubernetes', '-config={}', KUBERNETES[1]!],
        'Only one of -config and -kubernetes-ca-cert may be given\n',
      ],
      [
        ['-name=x', '-type=kubernetes', '-config={"Host":"h"}'],
        "Missing required '-kubernetes-ca-cert' flag\n",
      ],
      [['-name=x', '-type=jwt', '-config={'], 'Error parsing configuration: '],
      [['-name=x', '-type=jwt', '-config=[]'], 'configuration: it must be a JSON object\n'],
      [['-name=x', '-type=jwt', '-config=@/no/such'], 'Error loading configuration: '],
      [
        ['-name=x', '-type=jwt', '-token-locality=here'],
        'Unknown -token-locality: here (accepted: local, global)\n',
      ],
      [['-name=x', '-type=jwt', '-max-token-ttl=-1s'], '-max-token-ttl must not be negative\n'],
      [['-name=x', '-type=jwt', '-format=x'], 'Unknown format: x'],
    ])('%j is refused', async (flags, message) => {
      const done = await method('create', ...flags);
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(done.stderr).toContain(message);
      expect(agent.lines()).toEqual([]);
    });
  });

  describe('update', () => {
    const { CreateIndex: _created, ModifyIndex: _modified, ...settings } = MINIKUBE;

    it('keeps what is not given', async () => {
      await method('update', '-name=minikube', '-kubernetes-host=https://other');
      expect(agent.lines()).toEqual([`GET ${PATH}`, `PUT ${PATH}`]);
      expect(agent.sent()).toEqual({
        ...settings,
        Config: { ...MINIKUBE.Config, Host: 'https://other' },
      });
    });

    it.each([
      ['-description=', { Description: '' }],
      ['-display-name=x', { DisplayName: 'x' }],
      ['-token-locality=local', { TokenLocality: 'local' }],
      ['-max-token-ttl=1h', { MaxTokenTTL: '1h0m0s' }],
      ['-config={"Host":"h"}', { Config: { Host: 'h' } }],
    ])('%s changes that alone', async (flag, change) => {
      await method('update', '-name=minikube', flag);
      expect(agent.sent()).toEqual({ ...settings, ...change });
    });

    it('0 takes the limit away', async () => {
      await method('update', '-name=minikube', '-max-token-ttl=0s');
      const { MaxTokenTTL: _gone, ...rest } = settings;
      expect(agent.sent()).toEqual(rest);
    });

    it('-no-merge keeps the type alone', async () => {
      await method('update', '-name=minikube', '-no-merge', ...KUBERNETES);
      expect(agent.sent()).toEqual({
        ...{ Name: 'minikube', Type: 'kubernetes' },
        ...{ DisplayName: '', Description: '', TokenLocality: '' },
        Config: { ...MINIKUBE.Config, CACert: 'pem' },
      });
      const part = await method('update', '-name=minikube', '-no-merge', KUBERNETES[0]!);
      expect(part.stderr).toContain("Missing required '-kubernetes-ca-cert' flag");
    });

    it('says what is not there', async () => {
      const missing = 'Auth method not found with name "x"\n';
      expect((await method('update', '-name=x')).stderr).toBe(missing);
      expect((await method('read', '-name=x')).stderr).toBe(missing);
      expect((await method('update')).stderr).toBe(
        'Cannot update an auth method without specifying the -name parameter\n',
      );
      expect((await method('read')).stderr).toBe('Must specify the -name parameter\n');
      expect((await method('delete')).stderr).toBe('Must specify the -name parameter\n');
    });
  });
});
