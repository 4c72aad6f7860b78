import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../program.ts';
import { type CannedAnswer, FakeServer, type SeenRequest } from '../testing/fake-server.ts';
import { FakeIo, runCommand } from '../testing/run-command.ts';

const PAIR = { LockIndex: 1, Key: 'a', Flags: 42, Value: 'YmFy', CreateIndex: 7, ModifyIndex: 9 };
const WIDE = 18446744073709551615n;

describe('consul kv', () => {
  let server: FakeServer;
  let answers: (request: SeenRequest) => CannedAnswer | undefined;
  beforeAll(async () => {
    server = await FakeServer.start((request) => answers(request));
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.seen.length = 0;
  });

  const kv = (argv: string[], stdin = '') =>
    runCommand(['kv', ...argv], { CONSUL_HTTP_ADDR: server.address }, stdin);
  const lines = () => server.seen.map(({ method, url, body }) => `${method} ${url} ${body}`.trim());

  it('get prints the bytes of the value and a line break', async () => {
    const value = Buffer.from([0, 255, 254, 10, 128]);
    answers = () => ({ body: [{ ...PAIR, Value: value.toString('base64') }] });
    const io = new FakeIo({ CONSUL_HTTP_ADDR: server.address });
    expect(await runProgram(['kv', 'get', 'a'], io)).toBe(0);
    expect(io.stdout).toEqual(Buffer.concat([value, Buffer.from('\n')]));
  });

  it('get encodes the key, strips one slash, sends datacenter and namespace', async () => {
    answers = () => ({ body: [PAIR] });
    await kv(['get', '-stale', '-datacenter=dc 2', '-namespace=ns1', '/a b/?#%*(é)']);
    expect(lines()).toEqual(['GET /v1/kv/a%20b/%3F%23%25%2A%28%C3%A9%29?dc=dc%202&ns=ns1&stale=']);
  });

  it('get -detailed keeps wide flags and shows the session', async () => {
    const body = JSON.stringify([{ ...PAIR, Session: 's1' }]).replace('42', String(WIDE));
    answers = () => ({ body });
    expect((await kv(['get', '-detailed', 'a'])).stdout).toBe(
      'CreateIndex      7\n' +
        `Flags            ${WIDE}\n` +
        'Key              a\n' +
        'LockIndex        1\n' +
        'ModifyIndex      9\n' +
        'Session          s1\n' +
        'Value            bar\n',
    );
  });

  it('get -recurse separates detailed pairs by a line', async () => {
    answers = () => ({ body: [PAIR, { ...PAIR, Key: 'b', Value: null }] });
    expect((await kv(['get', '-recurse', 'a'])).stdout).toBe('a:bar\nb:\n');
    expect((await kv(['get', '-recurse', '-base64'])).stdout).toBe('a:YmFy\nb:\n');
    const { stdout } = await kv(['get', '-recurse', '-detailed']);
    expect(stdout).toMatch(/Value {12}bar\n\nCreateIndex/);
    expect(stdout.endsWith('Value            \n')).toBe(true);
  });

  it('get tells what the agent says when it refuses', async () => {
    answers = () => ({ status: 500, body: 'No cluster leader' });
    expect(await kv(['get', 'a'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error querying Consul agent: Unexpected response code: 500 (No cluster leader)\n',
    });
  });

  it('put sends the value, flags and conditions', async () => {
    answers = () => ({ body: 'true' });
    await kv(['put', '-flags=0xffffffffffffffff', 'a', 'v']);
    await kv(['put', '-cas', '-modify-index=7', 'a', 'v']);
    const acquired = await kv(['put', '-acquire', '-session=s', 'a', '-dash']);
    const released = await kv(['put', '-release', '-session=s', 'a']);
    await kv(['put', '-base64', 'a', 'AP8='], '');
    await kv(['put', 'a', '-'], 'from\nstdin');
    expect(lines()).toEqual([
      `PUT /v1/kv/a?flags=${WIDE} v`,
      'PUT /v1/kv/a?cas=7 v',
      'PUT /v1/kv/a?acquire=s -dash',
      'PUT /v1/kv/a?release=s',
      `PUT /v1/kv/a ${Buffer.from([0, 255]).toString()}`,
      'PUT /v1/kv/a from\nstdin',
    ]);
    expect(acquired.stdout).toBe('Success! Lock acquired on: a\n');
    expect(released.stdout).toBe('Success! Lock released on: a\n');
  });

  it('put with bad base64 writes nothing', async () => {
    const { code, stderr } = await kv(['put', '-base64', 'a', '***']);
    expect([code, lines()]).toEqual([1, []]);
    expect(stderr).toMatch(/^Error! Cannot base 64 decode data/);
  });

  it('put tells which condition did not hold', async () => {
    answers = () => ({ body: 'false' });
    const refusal = async (...argv: string[]) => (await kv(['put', ...argv, 'a', 'v'])).stderr;
    expect(await refusal('-cas', '-modify-index=1')).toBe(
      'Error! Did not write to a: CAS failed\n',
    );
    expect(await refusal('-acquire', '-session=s')).toBe('Error! Did not acquire lock\n');
    expect(await refusal('-release', '-session=s')).toBe('Error! Did not release lock\n');
  });

  it('delete insists on what belongs together', async () => {
    answers = () => ({ body: 'false' });
    const refusal = async (...argv: string[]) => (await kv(['delete', ...argv])).stderr.trim();
    expect(await refusal('-modify-index=1', 'a')).toBe(
      'Cannot specify -modify-index without -cas!',
    );
    expect(await refusal('-cas', '-modify-index=1', '-recurse', 'a')).toBe(
      'Cannot specify both -cas and -recurse!',
    );
    expect(await refusal('-cas', '-modify-index=1', 'a')).toBe(
      'Error! Did not delete key a: CAS failed',
    );
    expect(lines()).toEqual(['DELETE /v1/kv/a?cas=1']);
  });

  it('what export prints, import writes', async () => {
    const body = JSON.stringify([PAIR, { ...PAIR, Key: '<&>', Value: null }]).replace(
      '42',
      String(WIDE),
    );
    answers = ({ method }) => ({ body: method === 'GET' ? body : 'true' });
    const { stdout } = await kv(['export']);
    expect(stdout).toContain(`"flags": ${WIDE},`);
    expect(stdout).toContain('"key": "\\u003c\\u0026\\u003e"');
    const imported = await kv(['import', '-'], stdout);
    expect(imported.stdout).toBe('Imported: a\nImported: <&>\n');
    expect(lines().slice(1)).toEqual([
      `PUT /v1/kv/a?flags=${WIDE} bar`,
      'PUT /v1/kv/%3C&%3E?flags=42',
    ]);
  });

  it.each([
    ['{}', 'expected a list'],
    ['[1]', 'entry 0: expected an object'],
    ['[{"value":"QQ=="}]', 'entry 0: key is missing'],
    ['[{"key":"/a","value":"QQ=="}]', "must not begin with a '/'"],
    ['[{"key":"a","value":"*"}]', 'value of key a is not base64'],
    ['[{"key":"a","value":"","flags":-1}]', 'flags of key a'],
    ['[{"key":"a","value":"","flags":18446744073709551616}]', 'flags of key a'],
  ])('import refuses %s before it writes anything', async (text, why) => {
    const good = '{"key":"good","flags":0,"value":""}';
    const whole = text.startsWith('[') ? text.replace(']', `,${good}]`) : text;
    const { code, stderr } = await kv(['import', whole]);
    expect([code, lines()]).toEqual([1, []]);
    expect(stderr).toMatch(/^Cannot unmarshal data: /);
    expect(stderr).toContain(why);
  });

  it('import reads files, and names in any case', async () => {
    answers = () => ({ body: 'true' });
    const folder = mkdtempSync(join(tmpdir(), 'mesh-cli-'));
    const file = join(folder, 'kv.json');
    writeFileSync(file, '[{"Key":"a","Flags":3,"Value":"QQ=="},{"key":"b"}]');
    const { stdout } = await kv(['import', `@${file}`]);
    expect(stdout).toBe('Imported: a\nImported: b\n');
    expect(lines()).toEqual(['PUT /v1/kv/a?flags=3 A', 'PUT /v1/kv/b']);
    rmSync(folder, { recursive: true });
    expect((await kv(['import', `@${file}`])).stderr).toBe(
      `Error! Failed to read file: open ${file}: no such file or directory\n`,
    );
  });
});
