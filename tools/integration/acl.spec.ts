/** ACLs held by a durable server and a client agent, from outside: what counts is what a stranger gets. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, LAUNCHER, run, ServerProcess, until } from '@mesh/testkit';

const MASTER = '11111111-2222-4333-8444-555555555555';
const ACL = { enabled: true, default_policy: 'deny', enable_token_persistence: true };

interface Token {
  readonly AccessorID: string;
  readonly SecretID: string;
}

describe('ACLs of a server and a client agent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-acl-'));
  let server: ServerProcess;
  let client: ServerProcess;

  const ask = (agent: ServerProcess, method: string, path: string, token = '', body?: object) => {
    const parameter = `token=${encodeURIComponent(token)}`;
    const whole = token === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${parameter}`;
    return agent.http(method, whole, body && JSON.stringify(body));
  };

  beforeAll(async () => {
    const ports = (await freePorts(8)) as [number, number, number, number, ...number[]];
    const [http, rpc, serfLan, serfWan, http2, rpc2, serfLan2, serfWan2] = ports;
    server = new ServerProcess({
      name: 's1',
      folder: join(folder, 's1'),
      ports: { http, server: rpc, serfLan, serfWan },
      config: { bootstrap_expect: 1, acl: { ...ACL, tokens: { master: MASTER } } },
    });
    client = new ServerProcess({
      name: 'c1',
      folder: join(folder, 'c1'),
      ports: { http: http2!, server: rpc2!, serfLan: serfLan2!, serfWan: serfWan2! },
      config: {
        server: false,
        retry_join: [`127.0.0.1:${serfLan}`],
        acl: { ...ACL, token_ttl: '1s', tokens: { agent_master: 'of this agent alone' } },
      },
    });
    server.spawn();
    client.spawn();
    await until('the master token', async () => {
      return (await ask(server, 'GET', '/v1/acl/tokens', MASTER)).status === 200;
    });
    await until('the client to know a server', async () => {
      return (await ask(client, 'GET', '/v1/catalog/nodes', MASTER)).status === 200;
    });
  }, 60_000);
  afterAll(async () => {
    await client?.dispose();
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function token(rules: string, more: object = {}): Promise<Token> {
    const name = `p${Math.abs(hash(rules))}`;
    await ask(server, 'PUT', '/v1/acl/policy', MASTER, { Name: name, Rules: rules });
    const made = await ask(server, 'PUT', '/v1/acl/token', MASTER, {
      Policies: [{ Name: name }],
      ...more,
    });
    return made.json<Token>();
  }

  it('a stranger gets nothing of either agent', async () => {
    await ask(server, 'PUT', '/v1/kv/secret', MASTER, { a: 1 });
    for (const agent of [server, client]) {
      const answers = await Promise.all([
        ask(agent, 'GET', '/v1/catalog/nodes'),
        ask(agent, 'GET', '/v1/kv/?recurse'),
        ask(agent, 'GET', '/v1/agent/members'),
        ask(agent, 'GET', '/v1/internal/ui/nodes'),
        ask(agent, 'GET', '/v1/agent/self'),
        ask(agent, 'GET', '/v1/agent/metrics'),
        ask(agent, 'PUT', '/v1/agent/leave'),
        ask(agent, 'GET', '/v1/kv/secret'),
        ask(agent, 'GET', '/v1/snapshot'),
        ask(agent, 'PUT', '/v1/acl/bootstrap'),
      ]);
      const shown = answers.map(({ status, text }) => [status, status === 200 ? text.trim() : '']);
      expect(shown).toEqual([
        [200, '[]'],
        [404, ''],
        [200, '[]'],
        [200, '[]'],
        ...Array.from({ length: agent === server ? 6 : 4 }, () => [403, '']),
        ...(agent === server
          ? []
          : [
              [expect.any(Number), ''],
              [403, ''],
            ]),
      ]);
    }
  });

  it('an agent whose token may not write is in the catalog by its health alone, and writes once it may', async () => {
    const blocked = 'Node info update blocked by ACLs';
    await until('the refusal', () => client.log().includes(blocked));
    const agentToken = await token(
      'node "c1" { policy = "write" } agent "c1" { policy = "write" }',
    );
    const set = await ask(client, 'PUT', '/v1/agent/token/agent', 'of this agent alone', {
      Token: agentToken.SecretID,
    });
    expect(set.status).toBe(200);
    await until('the node to be written', async () => {
      const { text } = await ask(server, 'GET', '/v1/catalog/node/c1', MASTER);
      return text.includes('consul-network-segment');
    });
  });

  it('a token that was set over the API outlives a restart, for the owner alone', async () => {
    const file = join(client.dataDir, 'acl-tokens.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toEqual(['agent']);
    await client.kill();
    const before = client.log().length;
    client.spawn();
    await until('the client to know a server', async () => {
      return (await ask(client, 'GET', '/v1/catalog/nodes', MASTER)).status === 200;
    });
    // What it registers is taken with its own token.
    await ask(client, 'PUT', '/v1/agent/check/register', MASTER, { Name: 'own', TTL: '1h' });
    await until('the check in the catalog', async () => {
      return (await ask(server, 'GET', '/v1/health/node/c1', MASTER)).text.includes('"own"');
    });
    expect(client.log().slice(before)).not.toContain('blocked by ACLs');
  });

  it('a change of a policy counts at once where the server is, and soon at a client', async () => {
    const app = await token('key_prefix "app/" { policy = "write" }');
    const write = (agent: ServerProcess) =>
      ask(agent, 'PUT', '/v1/kv/app/a', app.SecretID, { x: 1 });
    expect((await write(server)).text.trim()).toBe('true');
    expect((await write(client)).text.trim()).toBe('true');
    const read = () => ask(server, 'GET', '/v1/kv/app/a', app.SecretID);
    // Twice: the second is answered from what was kept.
    expect([(await read()).status, (await read()).status]).toEqual([200, 200]);
    const { text } = await ask(server, 'GET', `/v1/acl/token/${app.AccessorID}`, MASTER);
    const [{ ID, Name }] = JSON.parse(text).Policies;
    const Rules = 'key_prefix "app/" { policy = "deny" }';
    await ask(server, 'PUT', `/v1/acl/policy/${ID}`, MASTER, { ID, Name, Rules });
    expect((await read()).status).toBe(403);
    expect((await write(client)).status).toBe(403);
  });

  it('services are registered with tokens of their own', async () => {
    const web = await token('service "web" { policy = "write" }');
    const register = (Name: string, secret: string) =>
      ask(client, 'PUT', '/v1/agent/service/register', secret, { Name, Port: 80 });
    expect((await register('db', web.SecretID)).text).toContain('Missing service:write on db');
    expect((await register('web', '')).status).toBe(403);
    expect((await register('web', web.SecretID)).status).toBe(200);
    await until('the catalog to have it', async () => {
      return (await ask(server, 'GET', '/v1/catalog/services', MASTER)).text.includes('"web"');
    });
  });

  it('a token whose time is over is none, and is deleted', async () => {
    const { text } = await ask(server, 'PUT', '/v1/acl/token', MASTER, { ExpirationTTL: '1s' });
    expect(text).toContain('ExpirationTime cannot be less than 1m0s');
    const unknown = await ask(client, 'GET', '/v1/catalog/nodes', 'no such token');
    expect([unknown.status, unknown.text]).toEqual([403, 'ACL not found']);
  });

  it('the agent master token opens its agent also without servers; the log holds no secret', async () => {
    await server.kill();
    const self = await ask(client, 'GET', '/v1/agent/self', 'of this agent alone');
    expect(self.status).toBe(200);
    expect((await ask(client, 'GET', '/v1/agent/self', 'guessed')).status).not.toBe(200);
    server.spawn();
    await until('the server again', async () => {
      return (await ask(server, 'GET', '/v1/catalog/nodes', MASTER)).status === 200;
    });
    for (const secret of [MASTER, 'of this agent alone']) {
      expect(self.text + server.log() + client.log()).not.toContain(secret);
    }
  });

  it('the command line says what is missing', async () => {
    const env = { CONSUL_HTTP_ADDR: server.httpAddress };
    const denied = await run(LAUNCHER, ['kv', 'put', 'a', 'b'], { env });
    expect(denied.code).toBe(1);
    expect(denied.stderr).toContain('Permission denied');
    const allowed = await run(LAUNCHER, ['kv', 'put', `-token=${MASTER}`, 'a', 'b'], { env });
    expect(allowed).toMatchObject({ code: 0, stdout: 'Success! Data written to: a\n' });
  });
});

function hash(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)!) | 0;
  return sum;
}
