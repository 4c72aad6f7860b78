import { append, heartbeat, RaftRig } from '../testing/raft-rig.ts';
import { deferred, freePort, until } from '../testing/rpc-rig.ts';

describe('the transport of Raft', () => {
  let rig: RaftRig;
  beforeEach(() => {
    rig = new RaftRig();
  });
  afterEach(() => rig.stop());

  it('carries messages both ways, in order on each path', async () => {
    const a = await rig.end('a');
    const b = await rig.end('b');
    rig.connect();
    for (let n = 0; n < 100; n += 1) {
      a.transport.send(heartbeat('a', 'b', n));
      a.transport.send(append('a', 'b', n, [Uint8Array.of(n)]));
      b.transport.send(heartbeat('b', 'a', n));
    }
    await until(() => b.received.length === 200 && a.received.length === 100);
    const rounds = b.received.flatMap((one) => (one.kind === 'heartbeat' ? [one.roundMs] : []));
    expect(rounds).toEqual(Array.from({ length: 100 }, (_, n) => n));
    const appends = b.received.filter((one) => one.kind === 'append');
    expect(appends[99]).toMatchObject({ prevIndex: 99, entries: [{ index: 100, term: 1 }] });
  });

  it('drops what is for another server or for nobody it knows, and counts it', async () => {
    const a = await rig.end('a');
    const b = await rig.end('b');
    rig.connect();
    a.transport.send({ ...heartbeat('a', 'b', 1), to: 'c' });
    expect(a.metrics.of('raft.transport.dropped')).toBe(1);
    a.transport.setPeers(new Map([['c', b.address]]));
    a.transport.send(heartbeat('a', 'nobody', 1));
    expect(a.metrics.of('raft.transport.dropped')).toBe(2);
    a.transport.send(heartbeat('a', 'c', 1));
    // The server at that address is not the one that is meant, and will not listen.
    await until(() => a.metrics.of('raft.transport.dropped') === 3);
    expect(b.received).toEqual([]);
  });

  it('serves a server that has a new id at the address of its old one', async () => {
    const port = await freePort();
    const a = await rig.end('a', { address: `127.0.0.1:${port}` }, port);
    const bPort = await freePort();
    const b = await rig.end('b', { address: `127.0.0.1:${bPort}` }, bPort);
    // For a it still is c; it has lost its state, and is b now.
    a.transport.setPeers(new Map([['c', b.address]]));
    b.transport.setPeers(new Map([['a', a.address]]));
    b.transport.send(heartbeat('b', 'a', 1));
    await until(() => a.received.length === 1);
    await until(() => {
      a.transport.send(heartbeat('a', 'b', 0));
      return b.received.length > 0;
    });
    for (let n = 1; n <= 50; n += 1) {
      a.transport.send(heartbeat('a', 'c', n));
      a.transport.send(heartbeat('a', 'b', n));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const rounds = () =>
      b.received.flatMap((one) => (one.kind === 'heartbeat' ? [one.roundMs] : []));
    await until(() => rounds().includes(50));
    expect(rounds().filter((n) => n > 0)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it('says once that a peer is gone, and finds it again when it is back', async () => {
    const a = await rig.end('a');
    const b = await rig.end('b');
    rig.connect();
    a.transport.send(heartbeat('a', 'b', 0));
    await until(() => b.received.length === 1);
    const { port } = b.server;
    await b.server.stop();
    await until(() => a.gone.length === 1);
    for (let n = 0; n < 20; n += 1) {
      a.transport.send(heartbeat('a', 'b', n));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(a.gone).toHaveLength(1);
    await rig.serve(b, port);
    b.received.length = 0;
    const backAtMs = performance.now();
    while (b.received.length === 0 && performance.now() < backAtMs + 3000) {
      a.transport.send(heartbeat('a', 'b', 7));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(b.received.length).toBeGreaterThan(0);
    expect(performance.now() - backAtMs).toBeLessThan(1500);
    await b.server.stop();
    await until(() => a.gone.length === 2);
  });

  it('dials a peer at once that has dialled this server', async () => {
    const a = await rig.end('a', { limits: { firstBackoffMs: 60_000, longestBackoffMs: 60_000 } });
    const b = await rig.end('b');
    const { port } = b.server;
    await b.server.stop();
    a.transport.setPeers(new Map([['b', `127.0.0.1:${port}`]]));
    await until(() => a.gone.length === 1);
    await rig.serve(b, port);
    a.transport.send(heartbeat('a', 'b', 1));
    expect(a.metrics.of('raft.transport.dropped')).toBe(1);
    b.transport.setPeers(new Map([['a', a.address]]));
    await until(() => {
      a.transport.send(heartbeat('a', 'b', 2));
      return b.received.length > 0;
    });
  });

  it('follows a peer to a new address, and leaves one that is no longer named', async () => {
    const a = await rig.end('a');
    const b = await rig.end('b');
    const elsewhere = await rig.end('b');
    a.transport.setPeers(new Map([['b', b.address]]));
    a.transport.send(heartbeat('a', 'b', 1));
    await until(() => b.received.length === 1);
    a.transport.setPeers(new Map([['b', elsewhere.address]]));
    a.transport.send(heartbeat('a', 'b', 2));
    await until(() => elsewhere.received.length === 1);
    a.transport.setPeers(new Map());
    a.transport.send(heartbeat('a', 'b', 3));
    expect(a.metrics.of('raft.transport.dropped')).toBe(1);
    expect(a.gone).toEqual([]);
    expect(b.received).toHaveLength(1);
  });

  it('answers a server that it does not know as a peer, for as long as that talks to it', async () => {
    const port = await freePort();
    const a = await rig.end('a', { address: `127.0.0.1:${port}` }, port);
    const b = await rig.end('b');
    // b has just been started: it is in the configuration of a, and has none itself.
    a.transport.setPeers(new Map([['b', b.address]]));
    a.transport.send(heartbeat('a', 'b', 1));
    await until(() => b.received.length > 0);
    b.transport.send(heartbeat('b', 'a', 2));
    await until(() => a.received.length > 0);
    expect(b.metrics.of('raft.transport.dropped')).toBe(0);
    // It learns the configuration, and forgets it again.
    b.transport.setPeers(new Map([['a', a.address]]));
    b.transport.setPeers(new Map());
    b.transport.send(heartbeat('b', 'a', 3));
    await until(() => a.received.length > 1);
    // a leaves it out.
    a.transport.setPeers(new Map());
    await until(() => {
      b.transport.send(heartbeat('b', 'a', 4));
      return b.metrics.of('raft.transport.dropped') > 0;
    });
    expect(b.gone).toEqual([]);
  });

  it('keeps its queue bounded while a peer does not take anything', async () => {
    const a = await rig.end('a', { limits: { maxBulkBytes: 1 << 20, maxControlMessages: 16 } });
    const stalled = deferred<void>();
    const { createServer } = await import('node:net');
    const mute = createServer(() => stalled.resolve());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as { port: number };
    a.transport.setPeers(new Map([['b', `127.0.0.1:${port}`]]));
    const data = [Buffer.alloc(100_000)];
    for (let n = 0; n < 50; n += 1) {
      a.transport.send(append('a', 'b', n, data));
      a.transport.send(heartbeat('a', 'b', n));
    }
    expect(a.metrics.of('raft.transport.dropped')).toBe(40 + 34);
    await stalled.promise;
    mute.close();
  });
});
