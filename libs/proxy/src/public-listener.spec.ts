import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { until } from '@mesh/testkit';
import type { Leaf } from './identity.ts';
import { ending, ProxyWorld, received } from './testing/proxy-world.ts';
import { TestAuthority } from './testing/test-authority.ts';

describe('the public listener', () => {
  let world: ProxyWorld;
  afterEach(() => world.stop());

  /** A connection as an outsider makes it. */
  function client(leaf?: Leaf, more: ConnectionOptions = {}): TLSSocket {
    const socket = connect({
      ...{ port: world.publicPort, host: '127.0.0.1', rejectUnauthorized: false },
      ...(leaf ? { cert: leaf.CertPEM, key: leaf.PrivateKeyPEM } : {}),
      ...more,
    });
    socket.on('error', () => {});
    return socket;
  }

  /** Tries to be heard; the echo, or undefined when it is refused. */
  async function attempt(leaf?: Leaf, more?: ConnectionOptions): Promise<string | undefined> {
    const socket = client(leaf, more);
    socket.write('hello');
    const back = await received(socket, 'hello').catch(() => undefined);
    socket.destroy();
    return back;
  }

  function denials(reason: string): number {
    return world.db.proxy.metrics.get('denials_total', { reason });
  }

  it('lets in who shows a good certificate', async () => {
    world = await ProxyWorld.start();
    const leaf = await world.authority.leaf('web');
    expect(await attempt(leaf)).toBe('hello');
    expect(await attempt(leaf, { maxVersion: 'TLSv1.2' })).toBe('hello');
  });

  it.each([
    ['no certificate', async () => undefined],
    ['unknown authority', async () => (await TestAuthority.create()).leaf('web')],
    [
      'expired certificate',
      async () => world.authority.leaf('web', { notBeforeMs: -60_000, notAfterMs: -1000 }),
    ],
    [
      'expired certificate',
      async () => world.authority.leaf('web', { notBeforeMs: 600_000, notAfterMs: 1_200_000 }),
    ],
    [
      'other trust domain',
      async () => world.authority.leaf('web', { trustDomain: 'aaaaaaaa.consul' }),
    ],
    ['no service', async () => world.authority.leaf('web', { uri: 'spiffe://x/agent/1' })],
  ])('refuses with the reason: %s', async (reason, make) => {
    world = await ProxyWorld.start();
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
      expect(await attempt(await make(), { maxVersion })).toBeUndefined();
    }
    expect(denials(reason)).toBe(2);
    expect(world.db.logger.matching(`connection refused: reason=${reason}`)).toHaveLength(2);
  });

  it('what is no TLS, or an old one, fails in the handshake', async () => {
    world = await ProxyWorld.start();
    const leaf = await world.authority.leaf('web');
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const;
    expect(await attempt(leaf, { ...old, ciphers: 'ALL:@SECLEVEL=0' })).toBeUndefined();
    const plain = connectPlain(world.publicPort, '127.0.0.1');
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await ending(plain);
    const failed = (reason: string) =>
      world.db.proxy.metrics.get('handshakes_failed_total', { side: 'server', reason });
    await until('both', () => failed('old tls') === 1 && failed('no tls') === 1);
  });

  it('who does not go on with the handshake is let go', async () => {
    world = await ProxyWorld.start(undefined, { public: { handshakeTimeoutMs: 200 } });
    const silent = connectPlain(world.publicPort, '127.0.0.1');
    await ending(silent);
    const labels = { side: 'server', reason: 'timeout' };
    expect(world.db.proxy.metrics.get('handshakes_failed_total', labels)).toBe(1);
  });

  it('a check that connects and goes is no news', async () => {
    world = await ProxyWorld.start();
    connectPlain(world.publicPort, '127.0.0.1').end();
    const labels = { side: 'server', reason: 'closed by peer' };
    const { metrics } = world.db.proxy;
    await until('it', () => metrics.get('handshakes_failed_total', labels) === 1);
    expect(world.db.logger.matching('WARN')).toEqual([]);
  });

  it('intentions decide, the first that matches', async () => {
    world = await ProxyWorld.start();
    const { agent, authority } = world;
    agent.setIntentions('db', ['web', 'deny'], ['*', 'allow']);
    await until('the intentions', () => world.db.proxy.decisions.count === 2);
    expect(await attempt(await authority.leaf('web'))).toBeUndefined();
    expect(denials('denied by intention')).toBe(1);
    expect(await attempt(await authority.leaf('other'))).toBe('hello');
    expect(agent.asked.get('/v1/agent/connect/authorize')).toBeUndefined();
  });

  it('takes no more connections than it may', async () => {
    world = await ProxyWorld.start(undefined, { public: { maxConnections: 2 } });
    const leaf = await world.authority.leaf('web');
    const sockets = [client(leaf), client(leaf)];
    for (const socket of sockets) {
      socket.write('hello');
      await received(socket, 'hello');
    }
    expect(await attempt(leaf)).toBeUndefined();
    expect(denials('too many connections')).toBe(1);
    sockets[0]!.end();
    await until('a free place', async () => (await attempt(leaf)) === 'hello');
    sockets[1]!.destroy();
  });

  it('a service that does not listen: the peer is reset, the log says where', async () => {
    world = await ProxyWorld.start(undefined, { public: { localPort: 1 } });
    expect(await attempt(await world.authority.leaf('web'))).toBeUndefined();
    expect(
      world.db.logger.matching('the service does not answer: address=127.0.0.1:1'),
    ).toHaveLength(1);
    await until('none left', () => world.db.proxy.live.size === 0);
  });
});
