import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonReply } from '@mesh/resource';
import type { HttpServer } from './http-server.ts';
import { ask, boundRoute, RigState, readRow, sendRaw, startRig } from './testing/server-rig.ts';

/** Behaviour recorded from the original: method, path, status, headers, body. */
const RECORDED: readonly (readonly [string, string, number, Record<string, string>, string])[] = [
  ['DELETE', '/v1/status/leader', 405, { allow: 'OPTIONS,GET' }, 'method DELETE not allowed'],
  ['HEAD', '/v1/status/leader', 405, { allow: 'OPTIONS,GET' }, ''],
  ['OPTIONS', '/v1/status/leader', 200, { allow: 'OPTIONS,GET' }, ''],
  ['OPTIONS', '/v1/kv/a', 200, { allow: 'OPTIONS,GET,PUT,DELETE' }, ''],
  ['POST', '/v1/kv/k', 405, { allow: 'OPTIONS,GET,PUT,DELETE' }, 'method POST not allowed'],
  ['GET', '/v1/nope', 404, {}, ''],
  ['GET', '/', 301, { location: '/ui/' }, '<a href="/ui/">Moved Permanently</a>.\n\n'],
  ['GET', '/ui', 301, { location: '/ui/' }, '<a href="/ui/">Moved Permanently</a>.\n\n'],
  ['GET', '/v1/kv/%zz', 400, {}, '400 Bad Request'],
  ['GET', '/v1/kv/a%01b', 400, {}, ''],
  [
    'GET',
    '/v1//kv/a',
    301,
    { location: '/v1/kv/a' },
    '<a href="/v1/kv/a">Moved Permanently</a>.\n\n',
  ],
  ['PUT', '/v1/kv/%2Flead', 301, { location: '/v1/kv/lead' }, ''],
  ['GET', '/v1/kv', 301, { location: '/v1/kv/' }, '<a href="/v1/kv/">Moved Permanently</a>.\n\n'],
  [
    'GET',
    '/v1/kv?a=b',
    301,
    { location: '/v1/kv/?a=b' },
    '<a href="/v1/kv/?a=b">Moved Permanently</a>.\n\n',
  ],
];

let server: (HttpServer & { port: number }) | undefined;
const folders: string[] = [];
afterEach(async () => {
  await server?.stop();
  server = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function start(config: Parameters<typeof startRig>[1]): Promise<number> {
  const kv = new RigState();
  const routes = [
    boundRoute({ path: '/v1/status/leader' }, () => jsonReply('x')),
    boundRoute(readRow('/v1/kv/*key'), kv.handler),
    boundRoute({ ...readRow('/v1/kv/*key'), method: 'PUT', consistency: 'write' }, kv.handler),
    boundRoute({ ...readRow('/v1/kv/*key'), method: 'DELETE', consistency: 'write' }, kv.handler),
  ];
  server = await startRig(routes, config);
  return server.port;
}

test.each(RECORDED)('%s %s', async (method, path, status, headers, body) => {
  const port = await start({ ui: true });
  const answer = await ask(port, path, { method });
  expect([answer.status, answer.text]).toEqual([status, body]);
  expect(answer.headers).toMatchObject(headers);
  if (path.startsWith('/v1/') && (status === 405 || status === 200)) {
    expect(answer.headers['vary']).toBe('Accept-Encoding');
  }
});

test('without the UI there is a text at the root and nothing at /ui/', async () => {
  const port = await start({});
  const root = await ask(port, '/');
  expect([root.status, root.text]).toEqual([200, 'Consul Agent']);
  expect((await ask(port, '/ui/')).status).toBe(404);
});

test('the unprintable filter can be switched off', async () => {
  const port = await start({ disableUnprintableCharFilter: true });
  expect((await ask(port, '/v1/kv/a%01b')).status).toBe(200);
});

test('without assets the UI is a page of links', async () => {
  const port = await start({ ui: true, uiContentPath: '/mesh/ui/' });
  expect((await ask(port, '/')).headers['location']).toBe('/mesh/ui/');
  const page = await ask(port, '/mesh/ui/');
  expect(page.status).toBe(200);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.text).toContain('The Web UI is not built');
  expect((await ask(port, '/mesh/ui/', { method: 'POST' })).status).toBe(405);
});

test('ui_dir is served, and nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-ui-'));
  folders.push(folder);
  await writeFile(join(folder, 'index.html'), 'the page');
  await writeFile(join(folder, 'app.js'), 'let x;');
  const port = await start({ uiDir: folder });
  expect((await ask(port, '/ui/')).text).toBe('the page');
  expect((await ask(port, '/ui/dc1/services/web')).text).toBe('the page');
  const script = await ask(port, '/ui/app.js');
  expect([script.text, script.headers['content-type']]).toEqual([
    'let x;',
    'text/javascript; charset=utf-8',
  ]);
  for (const path of [
    '/ui/../../../../etc/passwd',
    '/ui/..%2f..%2f..%2f..%2fetc/passwd',
    '/ui/%2e%2e/%2e%2e/etc/passwd',
    '/ui/..%5c..%5cetc%5cpasswd',
    '/ui//etc/passwd',
    '/ui/app.js%00',
  ]) {
    const raw = await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(raw).not.toContain('root:');
  }
});

test('a live route asked without an upgrade says what it needs', async () => {
  const port = await start({});
  expect((await ask(port, '/v1/live')).status).toBe(426);
});

test('an offer of HTTP/2 is answered in HTTP/1.1', async () => {
  const port = await start({});
  const head = 'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n';
  const raw = await sendRaw(
    port,
    `GET /v1/kv/a HTTP/1.1\r\n${head}HTTP2-Settings: AAMAAABk\r\n\r\n`,
  );
  expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(raw).toContain('"first"');
  const put = `PUT /v1/kv/a HTTP/1.1\r\n${head}Content-Length: 1\r\n\r\nx`;
  expect(await sendRaw(port, put)).toMatch(/^HTTP\/1\.1 400 /);
});
