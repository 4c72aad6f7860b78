import { createServer } from 'node:net';
import { freePorts, until } from '@mesh/testkit';
import { ending, ProxyWorld, received, upstreamTo } from './testing/proxy-world.ts';

describe('an upstream', () => {
  let world: ProxyWorld;
  afterEach(() => world.stop());

  const metric = (name: 'upstream_retries_total' | 'upstream_failures_total') =>
    world.web.proxy.metrics.get(name, { upstream: 'service:default/db' });
  const ring = () => world.web.proxy.upstreams.listeners()[0]!.ring;

  it('is not talked to when its certificate names another service', async () => {
    world = await ProxyWorld.start();
    world.agent.setInstances('other', { service: 'other', port: world.publicPort });
    const [port] = (await freePorts(1)) as [number];
    const client = await world.proxy({ service: 'web', upstreams: [upstreamTo('other', port)] });
    await until('it', () => client.proxy.upstreams.listeners()[0]!.ring.size === 1);
    for (let tries = 1; tries <= 3; tries++) {
      const { back } = await world.exchange('hello', port);
      expect(back.toString()).toBe('');
      const reason = 'other service';
      expect(client.proxy.metrics.get('denials_total', { reason })).toBe(tries);
    }
    expect(client.logger.matching('ERROR upstream cannot be reached')).toHaveLength(3);
    // It goes on with others.
    await client.proxy.apply({ ...client.config, upstreams: [upstreamTo('db', port)] });
    const [listener] = client.proxy.upstreams.listeners();
    await until('db', () => listener!.ring.size === 1);
    expect((await world.exchange('hello', port)).back.toString()).toBe('hello');
  });

  it('goes on with the session of the connection before, and with none of another certificate', async () => {
    world = await ProxyWorld.start();
    const count = (proxy: typeof world.web, side: string, resumed: string) =>
      proxy.proxy.metrics.get('handshakes_total', { side, resumed });
    for (let at = 0; at < 5; at++) {
      expect((await world.exchange('hello')).back.toString()).toBe('hello');
    }
    expect(count(world.web, 'client', 'true')).toBeGreaterThan(0);
    expect(count(world.db, 'server', 'true')).toBe(count(world.web, 'client', 'true'));
    const before = count(world.web, 'client', 'false');
    await world.agent.setLeaf('web', world.authority);
    await until('the certificate', () => world.web.proxy.identity.renewals === 1);
    expect((await world.exchange('hello')).back.toString()).toBe('hello');
    expect(count(world.web, 'client', 'false')).toBe(before + 1);
  });

  it('takes its instances in turn', async () => {
    world = await ProxyWorld.start();
    const [port] = (await freePorts(1)) as [number];
    const localPort = await world.serve((socket) => void socket.end('second'));
    const settings = { ...world.db.config.publicListener, bindPort: port, localPort };
    await world.proxy({ service: 'db', publicListener: settings });
    const instances = [world.publicPort, port].map((each) => ({ service: 'db', port: each }));
    world.agent.setInstances('db', ...instances);
    await until('both', () => ring().size === 2);
    const said: string[] = [];
    for (let at = 0; at < 6; at++) said.push((await world.exchange('first')).back.toString());
    expect(said.filter((text) => text === 'first')).toHaveLength(3);
    expect(new Set(said)).toEqual(new Set(['first', 'second']));
    expect(said[0]).not.toBe(said[1]);
  });

  it('another instance is tried where one does not answer, or does not speak TLS', async () => {
    world = await ProxyWorld.start(undefined, { upstream: { connectTimeoutMs: 300 } });
    const silent = createServer((socket) => socket.on('error', () => {}));
    const rude = createServer((socket) => socket.on('error', () => {}).end('not today\n'));
    for (const server of [silent, rude]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    const ports = [silent, rude].map((server) => (server.address() as { port: number }).port);
    const instances = [...ports, world.publicPort].map((port) => ({ service: 'db', port }));
    world.agent.setInstances('db', ...instances);
    await until('all', () => ring().size === 3);
    for (let at = 0; at < 3; at++) {
      expect((await world.exchange('hello')).back.toString()).toBe('hello');
    }
    expect(metric('upstream_retries_total')).toBeGreaterThan(0);
    expect(metric('upstream_failures_total')).toBe(0);
    for (const server of [silent, rude]) server.close();
  });

  it('without an instance the connection is reset, and it is said', async () => {
    world = await ProxyWorld.start();
    world.agent.setInstances('db');
    await until('none', () => ring().size === 0);
    expect(await ending(world.dial())).toBe('ECONNRESET');
    expect(metric('upstream_failures_total')).toBe(1);
    expect(world.web.logger.matching('there is no healthy instance')).toHaveLength(1);
  });

  it('who goes while an instance is being looked for is not waited for', async () => {
    world = await ProxyWorld.start();
    const silent = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    world.agent.setInstances('db');
    await until('none', () => ring().size === 0);
    world.agent.setInstances('db', { service: 'db', port });
    await until('it', () => ring().size === 1);
    const socket = world.dial();
    await new Promise<void>((resolve) => silent.once('connection', () => resolve()));
    const count = () => new Promise<number>((done) => silent.getConnections((_e, n) => done(n)));
    socket.resetAndDestroy();
    await until('the other side to go', async () => (await count()) === 0);
    silent.close();
  });

  it('takes no more connections than it may', async () => {
    world = await ProxyWorld.start(undefined, { upstream: { maxConnections: 1 } });
    const socket = world.dial();
    socket.write('hello');
    await received(socket, 'hello');
    expect((await world.exchange('hello')).back.toString()).toBe('');
    const reason = 'too many connections';
    expect(world.web.proxy.metrics.get('denials_total', { reason })).toBe(1);
    socket.end();
  });

  it('a prepared query names its instances', async () => {
    world = await ProxyWorld.start(undefined, {
      upstream: { type: 'prepared_query', name: 'nearest' },
    });
    expect(ring().size).toBe(0);
    const [port] = (await freePorts(1)) as [number];
    world.agent.setQuery('nearest', { service: 'db', port: world.publicPort });
    const upstream = { ...upstreamTo('nearest', port), type: 'prepared_query' as const };
    await world.web.proxy.apply({ ...world.web.config, upstreams: [upstream] });
    await until('it', () => ring().size === 1);
    expect((await world.exchange('hello', port)).back.toString()).toBe('hello');
  });
});
