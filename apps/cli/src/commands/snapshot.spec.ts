import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, writeArchive } from '@mesh/snapshot-archive';
import { runCommand } from '../testing/run-command.ts';

const STATE = Buffer.alloc(200_000, 'state');

async function archive(): Promise<Buffer> {
  const describe = (Size: number) => ({
    ...{ Version: 1, ID: '2-71-1795404981662', Index: 71, Term: 2, ConfigurationIndex: 1 },
    ...{ Configuration: { Servers: [] }, Size },
  });
  const spool = new Spool({ folder: tmpdir() });
  const state = (async function* () {
    yield STATE;
  })();
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeArchive({ describe, state, spool, nowMs: 0 })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('consul snapshot', () => {
  let folder: string;
  let agent: Server;
  let answer: Answer;
  let good: Buffer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-cli-snapshot-'));
    agent = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    good = await archive();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    agent.closeAllConnections();
    await new Promise((resolve) => agent.close(resolve));
  });
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  });

  const snapshot = (...argv: readonly string[]) => {
    const CONSUL_HTTP_ADDR = `127.0.0.1:${(agent.address() as AddressInfo).port}`;
    return runCommand(['snapshot', ...argv], { CONSUL_HTTP_ADDR });
  };
  const at = (name: string) => join(folder, name);

  it('save writes, verifies and names the file', async () => {
    let url = '';
    answer = (request, response) => {
      url = request.url!;
      response.end(good);
    };
    expect(await snapshot('save', '-stale', '-datacenter=dc2', at('b.snap'))).toEqual({
      code: 0,
      stdout: 'Saved and verified snapshot to index 71\n',
      stderr: '',
    });
    expect(url).toBe('/v1/snapshot?dc=dc2&stale=');
    expect(readFileSync(at('b.snap')).equals(good)).toBe(true);
    expect(readdirSync(folder)).toEqual(['b.snap']);
    expect(statSync(at('b.snap')).mode & 0o777).toBe(0o600);
  });

  it.each<[string, Answer, RegExp]>([
    [
      'a refusal',
      (_request, response) => response.writeHead(500).end('No cluster leader'),
      /^Error saving snapshot: Unexpected response code: 500 \(No cluster leader\)\n$/,
    ],
    [
      'an answer that breaks off',
      (_request, response) => {
        response.write(good.subarray(0, 100));
        response.flushHeaders();
        setImmediate(() => response.destroy());
      },
      /^Error saving snapshot: Get "http:.*": (unexpected EOF|.*reset by peer)\n$/,
    ],
    [
      'half a file',
      (_request, response) => response.end(good.subarray(0, 300)),
      /^Error verifying snapshot file: failed to read snapshot: unexpected EOF after 300 bytes\n$/,
    ],
    [
      'something else',
      (_request, response) => response.end('hello'),
      /^Error verifying snapshot file: failed to decompress snapshot: gzip: invalid header\n$/,
    ],
  ])('save leaves the file of before in place after %s', async (_name, given, stderr) => {
    writeFileSync(at('b.snap'), 'before');
    answer = given;
    const finished = await snapshot('save', at('b.snap'));
    expect([finished.code, finished.stdout]).toEqual([1, '']);
    expect(finished.stderr).toMatch(stderr);
    expect(readdirSync(folder)).toEqual(['b.snap']);
    expect(readFileSync(at('b.snap'), 'utf8')).toBe('before');
  });

  it('save says where it cannot write', async () => {
    const path = at('none/b.snap');
    expect((await snapshot('save', path)).stderr).toBe(
      `Error creating snapshot file: open ${path}.unverified: no such file or directory\n`,
    );
  });

  it('inspect prints what the file says about itself', async () => {
    writeFileSync(at('b.snap'), good);
    expect(await snapshot('inspect', at('b.snap'))).toEqual({
      code: 0,
      stdout:
        'ID           2-71-1795404981662\nSize         200000\nIndex        71\n' +
        'Term         2\nVersion      1\n\n',
      stderr: '',
    });
  });

  it('restore sends the file as it is', async () => {
    writeFileSync(at('b.snap'), good);
    const seen: unknown[] = [];
    answer = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        seen.push(method, url, headers['content-length'], Buffer.concat(chunks).equals(good));
        response.end();
      });
    };
    const { code, stdout, stderr } = await snapshot('restore', at('b.snap'));
    expect([code, stdout, stderr]).toEqual([0, 'Restored snapshot\n', '']);
    expect(seen).toEqual(['PUT', '/v1/snapshot', String(good.length), true]);
  });

  it('restore of a file larger than any buffer, and one that the agent refuses', async () => {
    const large = Buffer.alloc(20_000_000, 'x');
    writeFileSync(at('large'), large);
    let bytes = 0;
    answer = (request, response) => {
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => response.writeHead(400).end('not like that'));
    };
    const { code, stderr } = await snapshot('restore', at('large'));
    expect([code, stderr, bytes]).toEqual([
      1,
      'Error restoring snapshot: Unexpected response code: 400 (not like that)\n',
      large.length,
    ]);
  });

  it.each([['restore'], ['inspect']])('%s says which file it cannot open', async (verb) => {
    const { code, stdout, stderr } = await snapshot(verb, 'missing.snap');
    const reason = 'open missing.snap: no such file or directory';
    expect([code, stdout, stderr]).toEqual([1, '', `Error opening snapshot file: ${reason}\n`]);
    const inFolder = await snapshot(verb, folder);
    expect([inFolder.code, inFolder.stdout]).toEqual([1, '']);
    expect(inFolder.stderr).toBe(`Error opening snapshot file: read ${folder}: is a directory\n`);
  });

  it('inspect of something else', async () => {
    writeFileSync(at('good.json'), '{"service": {}}');
    expect(await snapshot('inspect', at('good.json'))).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error verifying snapshot: failed to decompress snapshot: gzip: invalid header\n',
    });
  });

  it.each([['save'], ['restore'], ['inspect']])('%s takes one argument', async (verb) => {
    expect(await snapshot(verb)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Missing FILE argument\n',
    });
    expect((await snapshot(verb, 'a', 'b')).stderr).toBe(
      'Too many arguments (expected 1, got 2)\n',
    );
  });

  it('agent is not there yet, and says so', async () => {
    const { code, stderr } = await snapshot('agent', '-interval=1m');
    expect([code, stderr]).toEqual([
      1,
      'consul snapshot agent is not available yet: snapshots at intervals come with a later capability\n',
    ]);
  });
});
