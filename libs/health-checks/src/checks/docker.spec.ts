import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckWorld, eventually } from '../testing/check-world.ts';

/** A piece of a program's output as the engine sends it. */
function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

describe('docker checks', () => {
  let world: CheckWorld;
  let dir: string;
  let engine: Server;
  let dockerHost: string;
  let requests: string[];
  /** What the engine does for each path; others are not found. */
  let routes: Record<string, (response: ServerResponse, request: IncomingMessage) => void>;
  const settings = { dockerContainerId: 'web/1', args: ['test', '-f', 'a b'] };

  beforeEach(async () => {
    world = new CheckWorld();
    requests = [];
    dir = mkdtempSync(join(tmpdir(), 'mesh-docker-'));
    dockerHost = `unix://${dir}/docker.sock`;
    routes = {
      '/containers/web%2F1/exec': (response) => response.writeHead(201).end('{"Id":"e1"}'),
      '/exec/e1/start': (response) => response.end(frame(1, 'fine')),
      '/exec/e1/json': (response) => response.end('{"ExitCode":0}'),
    };
    engine = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        requests.push(`${request.method} ${request.url} ${body}`.trim());
        const route = routes[request.url!];
        if (route) route(response, request);
        else response.writeHead(404).end('{"message":"No such container: web"}\n');
      });
    });
    await new Promise<void>((resolve) => engine.listen(`${dir}/docker.sock`, resolve));
  });
  afterEach(async () => {
    world.stop();
    engine.closeAllConnections();
    await new Promise((resolve) => engine.close(resolve));
    rmSync(dir, { recursive: true });
  });

  it('run the program as it stands in the definition', async () => {
    const result = await world.firstResult(settings, { dockerHost });
    expect(result).toEqual({ status: 'passing', output: 'fine' });
    const create =
      '{"AttachStdout":true,"AttachStderr":true,"Tty":false,"Cmd":["test","-f","a b"]}';
    expect(requests).toEqual([
      `POST /containers/web%2F1/exec ${create}`,
      'POST /exec/e1/start {"Detach":false,"Tty":false}',
      'GET /exec/e1/json',
    ]);
  });

  it.each([
    ['0', 'passing'],
    ['1', 'warning'],
    ['2', 'critical'],
    ['null', 'critical'],
  ])('exit code %s is %s', async (code, status) => {
    routes['/exec/e1/json'] = (response) => response.end(`{"ExitCode":${code}}`);
    expect((await world.firstResult(settings, { dockerHost })).status).toBe(status);
  });

  it('report both streams, in whatever pieces they come', async () => {
    routes['/exec/e1/start'] = async (response) => {
      const all = Buffer.concat([
        frame(1, 'out '),
        frame(2, ''),
        frame(2, 'error '),
        frame(1, 'end'),
      ]);
      for (const byte of all) {
        await new Promise<void>((sent) => response.write(Buffer.from([byte]), () => sent()));
      }
      response.end();
    };
    const { output } = await world.firstResult(settings, { dockerHost });
    expect(output).toBe('out error end');
  });

  it('keep the end of a long output and say so', async () => {
    routes['/exec/e1/start'] = (response) => {
      for (let at = 0; at < 100; at++) response.write(frame(1, 'x'.repeat(5000)));
      response.end(frame(1, 'end'));
    };
    const { output } = await world.firstResult({ ...settings, outputMaxBytes: 5 }, { dockerHost });
    expect(output).toBe('Captured 5 of 500003 bytes\n...\nxxend');
  });

  it('repeat what the engine says against it', async () => {
    routes = {};
    expect(await world.firstResult(settings, { dockerHost })).toEqual({
      status: 'critical',
      output:
        'docker check of container "web/1": the Docker engine answered 404: ' +
        '{"message":"No such container: web"}',
    });
  });

  it.each([
    ['no JSON', 'oops', 'no JSON object'],
    ['no object', '[]', 'an exec without an id'],
    ['no id', '{}', 'an exec without an id'],
    ['too much', `{"Id":"${'x'.repeat(100_000)}"}`, 'too much'],
  ])('are critical when the engine answers %s', async (_, body, reason) => {
    routes['/containers/web%2F1/exec'] = (response) => response.end(body);
    const result = await world.firstResult(settings, { dockerHost });
    expect(result.status).toBe('critical');
    expect(result.output).toContain(reason);
  });

  it('are critical when the output breaks off', async () => {
    routes['/exec/e1/start'] = (response, request) =>
      response.write(frame(1, 'part'), () => request.socket.destroy());
    expect((await world.firstResult(settings, { dockerHost })).status).toBe('critical');
  });

  it.each([
    ['unix:///nowhere/docker.sock', 'cannot reach the Docker engine: '],
    ['tcp://127.0.0.1:1', 'cannot reach the Docker engine: connect ECONNREFUSED 127.0.0.1:1'],
    ['ssh://host', 'DOCKER_HOST is "ssh://host", want unix:///path or tcp://host:port'],
  ])('are critical when the engine is at %s', async (host, reason) => {
    const result = await world.firstResult(settings, { dockerHost: host });
    expect(result.status).toBe('critical');
    expect(result.output).toContain(reason);
  });

  it('give up when the time is over', async () => {
    let asked: IncomingMessage | undefined;
    routes['/exec/e1/start'] = (response, request) => {
      response.write(frame(1, 'so far'));
      asked = request;
    };
    world.begin({ ...settings, timeoutMs: 3000 }, { dockerHost });
    await eventually(() => asked !== undefined);
    world.timers.fire(3000);
    await eventually(() => world.results.length === 1 && asked!.socket.destroyed);
    expect(world.results[0]!.status).toBe('critical');
    expect(world.results[0]!.output).toMatch(/^Timed out \(3s\) running check/);
  });

  it('close the connection when stopped, and report nothing', async () => {
    let asked: IncomingMessage | undefined;
    routes['/exec/e1/start'] = (_, request) => {
      asked = request;
    };
    const check = world.begin(settings, { dockerHost });
    await eventually(() => asked !== undefined);
    check.stop();
    await eventually(() => asked!.socket.destroyed);
    routes = {};
    await world.firstResult(settings, { dockerHost });
    expect(world.results).toHaveLength(1);
  });
});
