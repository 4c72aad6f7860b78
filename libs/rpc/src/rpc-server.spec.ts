import { MIB } from '@mesh/base';
import type { RpcServer } from './index.ts';
import { encodeMessages } from './raft/message-codec.ts';
import { METHODS } from './stream/protocol.ts';
import { append, RaftRig } from './testing/raft-rig.ts';
import { RawStreams, rawSocket } from './testing/raw-streams.ts';
import { address, CountingMetrics, until } from './testing/rpc-rig.ts';

const settings = { timeoutMs: 5000 };

describe('the RPC port', () => {
  let rig: RaftRig;
  beforeEach(() => {
    rig = new RaftRig();
  });
  const raws: RawStreams[] = [];
  afterEach(async () => {
    for (const raw of raws.splice(0)) raw.close();
    await rig.stop();
  });

  const raw = (server: RpcServer, method: string, metadata: Record<string, string>) => {
    const streams = new RawStreams(server);
    raws.push(streams);
    return streams.open(method, metadata);
  };

  it('refuses other datacenters and newer protocols, saying so', async () => {
    const server = await rig.server(async () => 'here', { datacenter: 'dc1' });
    const call = (datacenter?: string) =>
      rig.client({ datacenter }).call(address(server), 'X', null, settings);
    expect(await call('dc1')).toBe('here');
    expect(await call(undefined)).toBe('here');
    await expect(call('dc2')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('this server is in datacenter "dc1", not "dc2"'),
    });
    const newer = raw(server, METHODS.calls, { 'mesh-protocol': '2' });
    expect((await newer.end).details).toMatch(/version 2 is newer/);
    const none = raw(server, METHODS.calls, {});
    expect((await none.end).details).toMatch(/names no protocol/);
  });

  it('refuses Raft where there is none', async () => {
    const server = await rig.server(async () => null);
    for (const method of [METHODS.control, METHODS.bulk, METHODS.snapshot]) {
      const { end } = raw(server, method, { 'mesh-protocol': '1' });
      expect((await end).details).toMatch(/not a server/);
    }
  });

  it('closes connections that say nothing, and takes no more than it may', async () => {
    const metrics = new CountingMetrics();
    const server = await rig.server(async () => 'x', {
      metrics,
      limits: { handshakeTimeoutMs: 100, maxConnectionsPerAddress: 3 },
    });
    const silent = await Promise.all([1, 2, 3].map(() => rawSocket(server)));
    const tooMany = await rawSocket(server);
    await tooMany.closed;
    expect(metrics.of('rpc.connection_refused')).toBe(1);
    await Promise.all(silent.map((raw) => raw.closed));
    expect(await rig.client().call(address(server), 'X', null, settings)).toBe('x');
  });

  it('does not read a message over its limit', async () => {
    const end = await rig.end('b');
    const byHand = raw(end.server, METHODS.bulk, { 'mesh-protocol': '1', 'mesh-from': 'a' });
    byHand.stream.write(encodeMessages('a', 'b', [append('a', 'b', 0, [Buffer.alloc(17 * MIB)])]));
    expect((await byHand.end).details).toMatch(/larger than max/);
    expect(end.received).toEqual([]);
  });

  it('ends the stream of a caller that does not take its answers', async () => {
    const server = await rig.server(async () => new Uint8Array(MIB), {
      limits: { maxUnsentBytes: 4 * MIB },
    });
    const byHand = raw(server, METHODS.calls, { 'mesh-protocol': '1' });
    // Item: call 1, deadline 120 s, method "X", body nil. Nobody reads from the stream.
    for (let id = 1; id <= 40; id += 1) {
      byHand.stream.write(Buffer.from([1, id, 0xc0, 0xa9, 0x07, 1, 0x58, 1, 0xc0]));
    }
    await until(() => rig.metrics.of('rpc.slow_caller') > 0);
    byHand.stream.resume();
    await byHand.end;
  });

  it('stops at once, calls and silent connections notwithstanding', async () => {
    const server = await rig.server(() => new Promise(() => undefined));
    const silent = await rawSocket(server);
    const call = rig.client().call(address(server), 'Hang', null, settings);
    const failed = expect(call).rejects.toMatchObject({ code: 'unknown-outcome' });
    await until(() => (server as unknown as { streams: Set<unknown> }).streams.size === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const atMs = performance.now();
    await server.stop();
    await server.stop();
    expect(performance.now() - atMs).toBeLessThan(500);
    await silent.closed;
    await failed;
    await server.start();
    expect(server.port).toBeGreaterThan(0);
  });
});
