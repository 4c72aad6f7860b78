import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { CheckWorld, eventually } from '../testing/check-world.ts';

describe('http checks', () => {
  let world: CheckWorld;
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let base: string;
  beforeEach(async () => {
    world = new CheckWorld();
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    world.stop();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [200, 'passing'],
    [204, 'passing'],
    [299, 'passing'],
    [304, 'critical'],
    [404, 'critical'],
    [429, 'warning'],
    [503, 'critical'],
  ])('%i is %s', async (code, status) => {
    answer = (_, response) => response.writeHead(code).end();
    expect((await world.firstResult({ http: base })).status).toBe(status);
  });

  it('say status line and body as the original does', async () => {
    answer = (_, response) => response.end('"127.0.0.1:8300"\n');
    const http = `${base}/v1/status/leader`;
    expect(await world.firstResult({ http, method: 'GET', header: { 'X-A': ['b'] } })).toEqual({
      status: 'passing',
      output: `HTTP GET ${http}: 200 OK Output: "127.0.0.1:8300"\n`,
    });
    // The URL as it was written, without a slash that nobody wrote.
    const { output } = await world.firstResult({ http: base });
    expect(output).toContain(`HTTP GET ${base}: 200 OK`);
  });

  it('send method, headers and body', async () => {
    const seen: string[] = [];
    answer = (request, response) => {
      const { method, url, headers } = request;
      seen.push(`${method} ${url}`, String(headers['x-a']), String(headers.host));
      seen.push(String(headers['user-agent']), String(headers.accept), String(headers.connection));
      request.on('data', (chunk) => seen.push(String(chunk)));
      request.on('end', () => response.end());
    };
    const header = { 'X-A': ['1', '2'], Host: ['example.com'] };
    await world.firstResult({
      http: `${base}/health?x=1`,
      method: 'POST',
      header,
      body: 'payload',
    });
    expect(seen).toEqual([
      'POST /health?x=1',
      '1, 2',
      'example.com',
      'Consul Health Check',
      'text/plain, text/*, */*',
      'close',
      'payload',
    ]);
  });

  it('headers of the definition come before those of the agent, however spelled', async () => {
    let seen: IncomingMessage['rawHeaders'] = [];
    answer = (request, response) => {
      seen = request.rawHeaders;
      response.end();
    };
    const header = { 'user-agent': ['mine'], ACCEPT: ['text/css'] };
    await world.firstResult({ http: base, header }, { httpUserAgent: 'agent' });
    const names = seen.map((name) => name.toLowerCase());
    expect(names.filter((name) => name === 'user-agent' || name === 'accept')).toHaveLength(2);
    expect(seen).toEqual(expect.arrayContaining(['mine', 'text/css']));
    await world.firstResult({ http: base }, { httpUserAgent: 'agent' });
    expect(seen).toContain('agent');
  });

  it('follow redirects, but not for ever', async () => {
    answer = (request, response) => {
      const step = Number(request.url!.slice(1) || 0);
      if (step === 10) response.end('arrived');
      else response.writeHead(302, { Location: `/${step + 1}` }).end();
    };
    const arrived = await world.firstResult({ http: base });
    expect(arrived.output).toBe(`HTTP GET ${base}: 200 OK Output: arrived`);
    answer = (_, response) => response.writeHead(302, { Location: '/again' }).end();
    expect(await world.firstResult({ http: base })).toEqual({
      status: 'critical',
      output: `Get "${base}/again": stopped after 10 redirects`,
    });
  });

  it.each([
    [302, 'POST', 'GET '],
    [303, 'HEAD', 'HEAD '],
    [307, 'POST', 'POST payload'],
    [308, 'PUT', 'PUT payload'],
  ])('after a %i, %s becomes %s', async (code, method, expected) => {
    let seen = '';
    answer = (request, response) => {
      if (request.url === '/') response.writeHead(code, { Location: '/to' }).end();
      else {
        seen = `${request.method} `;
        request.on('data', (chunk) => {
          seen += chunk;
        });
        request.on('end', () => response.end());
      }
    };
    const body = method === 'HEAD' ? '' : 'payload';
    await world.firstResult({ http: base, method, body });
    expect(seen).toBe(expected);
  });

  it('keep credentials from the host that a redirect leads to', async () => {
    const seen: IncomingMessage['headers'][] = [];
    answer = (request, response) => {
      seen.push(request.headers);
      if (request.url === '/') {
        response.writeHead(302, { Location: `${base.replace('127.0.0.1', 'localhost')}/to` }).end();
      } else response.end();
    };
    const header = { Authorization: ['secret'], Cookie: ['a=b'], 'X-A': ['1'], Host: ['one'] };
    expect((await world.firstResult({ http: base, header })).status).toBe('passing');
    expect(seen[0]).toMatchObject({ authorization: 'secret', cookie: 'a=b', host: 'one' });
    expect(seen[1]).not.toHaveProperty('authorization');
    expect(seen[1]).not.toHaveProperty('cookie');
    expect(seen[1]).toMatchObject({ 'x-a': '1', host: expect.stringContaining('localhost') });
  });

  it('follow no redirect to something else than HTTP', async () => {
    answer = (_, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
    const { output } = await world.firstResult({ http: base });
    expect(output).toBe('Get "file:///etc/passwd": unsupported protocol scheme "file"');
  });

  it('keep the end of a long body', async () => {
    answer = (_, response) => response.end(`${'x'.repeat(5000)}end`);
    const { output } = await world.firstResult({ http: base, outputMaxBytes: 6 });
    expect(output).toBe(`HTTP GET ${base}: 200 OK Output: xxxend`);
  });

  it('do not read an endless body to its end', async () => {
    answer = (_, response) => {
      const more = () => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    };
    const { status, output } = await world.firstResult({ http: base, outputMaxBytes: 5 });
    expect(status).toBe('passing');
    expect(output).toBe(`HTTP GET ${base}: 200 OK Output: xxxxx`);
  });

  it('go by the status where a body breaks off', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('part', () => request.socket.destroy());
    };
    const result = await world.firstResult({ http: base });
    expect(result).toEqual({ status: 'passing', output: `HTTP GET ${base}: 200 OK Output: part` });
  });

  it('a refused connection is critical, in the words that people know', async () => {
    await new Promise((resolve) => server.close(resolve));
    const host = base.slice('http://'.length);
    expect(await world.firstResult({ http: `${base}/x`, method: 'PUT' })).toEqual({
      status: 'critical',
      output: `Put "${base}/x": dial tcp ${host}: connect: connection refused`,
    });
  });

  it('keep a password to themselves', async () => {
    await new Promise((resolve) => server.close(resolve));
    const { output } = await world.firstResult({ http: base.replace('//', '//me:secret@') });
    expect(output).toContain('//me:***@127.0.0.1');
    expect(output).not.toContain('secret');
  });

  it.each([
    ['no url', 'Invalid URL'],
    ['ftp://127.0.0.1/', 'unsupported protocol scheme "ftp"'],
  ])('%s is critical', async (http, reason) => {
    expect(await world.firstResult({ http })).toEqual({
      status: 'critical',
      output: `Get "${http}": ${reason}`,
    });
  });

  it('a header that cannot be sent is critical', async () => {
    const result = await world.firstResult({ http: base, header: { 'X-A': ['a\r\nb'] } });
    expect(result.status).toBe('critical');
  });

  it('give up when the time is over, and close the connection', async () => {
    let asked: IncomingMessage | undefined;
    answer = (request) => {
      asked = request;
    };
    world.begin({ http: base, timeoutMs: 777 });
    await eventually(() => asked !== undefined);
    world.timers.fire(777);
    await eventually(() => world.results.length === 1 && asked!.socket.destroyed);
    expect(world.results[0]).toEqual({
      status: 'critical',
      output:
        `Get "${base}": context deadline exceeded ` +
        '(Client.Timeout exceeded while awaiting headers)',
    });
  });

  it('close the connection when stopped, and report nothing', async () => {
    let asked: IncomingMessage | undefined;
    answer = (request) => {
      asked = request;
    };
    const check = world.begin({ http: base });
    await eventually(() => asked !== undefined);
    check.stop();
    await eventually(() => asked!.socket.destroyed);
    answer = (_, response) => response.writeHead(500).end();
    await world.firstResult({ http: base });
    expect(world.results).toHaveLength(1);
  });

  describe('of a server that speaks', () => {
    const sockets: Socket[] = [];
    it.each([
      ['nothing', '', 'EOF'],
      ['something else', 'SSH-2.0-x\r\n', 'malformed HTTP response'],
      ['too long a header', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, 'malformed'],
      ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', ''],
      ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', ''],
    ])('%s are critical', async (_, text, reason) => {
      const other = createTcpServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => {});
        socket.once('data', () => socket.end(text));
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const http = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
      const result = await world.firstResult({ http });
      expect(result.status).toBe('critical');
      expect(result.output).toContain(reason);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => other.close(resolve));
    });
  });
});
