import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { IncomingTls, OutgoingTls, RpcServer } from '../index.ts';
import {
  createAuthority,
  incoming,
  keysFrom,
  outgoing,
  type TestAuthority,
  type TestKeys,
} from '../testing/certificates.ts';
import { address, RpcRig, until } from '../testing/rpc-rig.ts';

describe('TLS between agents', () => {
  const settings = { timeoutMs: 3000 };
  const unavailable = { code: 'unavailable' };
  let ours: TestAuthority;
  let theirs: TestAuthority;
  let keys: TestKeys;
  /** A certificate of another authority, whose owner trusts ours. */
  let stranger: TestKeys;
  let rig: RpcRig;
  beforeAll(async () => {
    [ours, theirs] = await Promise.all([createAuthority('ours'), createAuthority('theirs')]);
    keys = await keysFrom(ours);
    stranger = { ...(await keysFrom(theirs)), ca: ours.cert };
  });
  beforeEach(() => {
    rig = new RpcRig();
  });
  afterEach(() => rig.stop());

  const listen = (tls: IncomingTls | undefined): Promise<RpcServer> =>
    rig.server(async (_method, body) => body, tls === undefined ? {} : { tls });
  const ask = (server: RpcServer, tls: OutgoingTls | undefined): Promise<unknown> =>
    rig.client(tls === undefined ? {} : { tls }).call(address(server), 'Echo', 'hello', settings);
  const call = async (server: IncomingTls | undefined, client: OutgoingTls | undefined) =>
    ask(await listen(server), client);

  it('carries calls where both sides have certificates of the authority', async () => {
    expect(await call(incoming(keys), outgoing(keys))).toBe('hello');
  });

  it('refuses a client without the right certificate when it verifies incoming', async () => {
    const server = await listen(incoming(keys));
    await expect(ask(server, outgoing(stranger))).rejects.toMatchObject(unavailable);
    await expect(ask(server, outgoing({ ...keys, cert: '', key: '' }))).rejects.toMatchObject(
      unavailable,
    );
    await until(() => rig.metrics.of('rpc.tls_refused') === 2);
    expect(await ask(server, outgoing(keys))).toBe('hello');
  });

  it('refuses plain connections when it verifies incoming', async () => {
    const server = await listen(incoming(keys));
    await expect(ask(server, undefined)).rejects.toMatchObject(unavailable);
    expect(rig.metrics.of('rpc.tls_refused')).toBe(1);
  });

  it('takes any certificate, and plain connections too, when it does not', async () => {
    const server = await listen(incoming(keys, { verify: false }));
    expect(await ask(server, outgoing(stranger))).toBe('hello');
    expect(await ask(server, undefined)).toBe('hello');
    expect(rig.metrics.of('rpc.tls_refused')).toBe(0);
  });

  it('does not talk to a server without the right certificate', async () => {
    const impostor = incoming(await keysFrom(theirs), { verify: false });
    await expect(call(impostor, outgoing(keys))).rejects.toMatchObject(unavailable);
    await expect(call(undefined, outgoing(keys))).rejects.toMatchObject(unavailable);
  });

  it('expects a name where one is given', async () => {
    expect(await call(incoming(keys), outgoing(keys, 'server.dc1.consul'))).toBe('hello');
    const message = expect.stringContaining('server.dc2.consul');
    await expect(call(incoming(keys), outgoing(keys, 'server.dc2.consul'))).rejects.toMatchObject({
      code: 'unavailable',
      message,
    });
  });

  it('shows new connections the certificate of the moment', async () => {
    const first = { ...keys };
    let current = first;
    const server = await listen(incoming(first, { context: () => current }));
    const peerOf = async (): Promise<string> => {
      const socket = openTls(server);
      await once(socket, 'secureConnect');
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN as string;
    };
    expect(await peerOf()).toBe('server.dc1.consul');
    current = await keysFrom(ours, 'renewed.dc1.consul');
    expect(await peerOf()).toBe('renewed.dc1.consul');
    current = first;
    expect(await peerOf()).toBe('server.dc1.consul');
  });

  const openTls = (server: RpcServer, protocols = ['h2']): TLSSocket =>
    connect({ ...keys, ...at(server), ALPNProtocols: protocols, checkServerIdentity });

  it('closes what speaks no HTTP/2, and what says nothing', async () => {
    const server = await listen(incoming(keys));
    for (const protocols of [['http/1.1'], []]) await closed(openTls(server, protocols));
    expect(rig.metrics.of('rpc.tls_refused')).toBe(2);
    const silent = connectPlain(at(server));
    await once(silent, 'connect');
    silent.end();
    await closed(silent);
    expect(await ask(server, outgoing(keys))).toBe('hello');
  });

  describe('streams of Raft', () => {
    const raftName = 'server.dc1.consul';
    let accepted: number;
    const open = async (tls: OutgoingTls): Promise<string> => {
      accepted = 0;
      const transportSink = {
        acceptMessages: () => {
          accepted += 1;
        },
        acceptSnapshot: () => undefined,
      };
      const handler = async () => undefined;
      const server = await rig.server(handler, {
        tls: incoming(keys, { raftName }),
        transportSink,
      });
      return rig.openRaft(address(server), tls, () => accepted > 0);
    };

    it('are for certificates of servers', async () => {
      expect(await open(outgoing(keys))).toBe('accepted');
    });

    it('are not for those of clients, nor for a name that is like it', async () => {
      for (const name of ['client.dc1.consul', 'server.dc2.consul', '*.dc1.consul']) {
        const other = outgoing(await keysFrom(ours, name));
        expect(await open(other)).toContain('the certificate of a server must be for');
        expect(accepted).toBe(0);
      }
    });
  });
});

const checkServerIdentity = () => undefined;
const at = ({ port }: RpcServer) => ({ host: '127.0.0.1', port });

function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.resume();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
