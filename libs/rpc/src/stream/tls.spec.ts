import { generate } from 'selfsigned';
import type { RpcTls } from '../index.ts';
import { address, RpcRig } from '../testing/rpc-rig.ts';

interface Authority {
  readonly cert: string;
  readonly private: string;
}

async function authority(name: string): Promise<Authority> {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
}

/** Keys of an agent, signed by `ca`; both rules on. */
async function keysFrom(ca: Authority, name = 'server.dc1.consul'): Promise<RpcTls> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  return {
    ca: ca.cert,
    cert: made.cert,
    key: made.private,
    verifyIncoming: true,
    verifyOutgoing: true,
  };
}

describe('TLS between agents', () => {
  const settings = { timeoutMs: 3000 };
  let ours: Authority;
  let theirs: Authority;
  let keys: RpcTls;
  let rig: RpcRig;
  beforeAll(async () => {
    [ours, theirs] = await Promise.all([authority('ours'), authority('theirs')]);
    keys = await keysFrom(ours);
  });
  beforeEach(() => {
    rig = new RpcRig();
  });
  afterEach(() => rig.stop());

  const call = async (server: RpcTls | undefined, client: RpcTls | undefined) => {
    const listening = await rig.server(async (_method, body) => body, { tls: server });
    return rig.client({ tls: client }).call(address(listening), 'Echo', 'hello', settings);
  };

  it('carries calls where both sides have certificates of the authority', async () => {
    expect(await call(keys, keys)).toBe('hello');
  });

  it('refuses a client without the right certificate when it verifies incoming', async () => {
    const stranger = await keysFrom(theirs);
    const knowsUs = { ...stranger, ca: ours.cert };
    await expect(call(keys, knowsUs)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(call(keys, undefined)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await call({ ...keys, verifyIncoming: false }, knowsUs)).toBe('hello');
  });

  it('does not talk to a server without the right certificate when it verifies outgoing', async () => {
    const stranger = { ...(await keysFrom(theirs)), verifyIncoming: false };
    await expect(call(stranger, keys)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(call(undefined, keys)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await call(stranger, { ...keys, verifyOutgoing: false })).toBe('hello');
  });

  it('says what is wrong with certificates that cannot be used', async () => {
    const broken = { ...keys, key: (await keysFrom(ours)).key };
    const message = expect.stringContaining('TLS of RPC: certificate, key and authorities');
    await expect(call(broken, keys)).rejects.toMatchObject({ code: 'invalid-argument', message });
    await expect(call(keys, { ...keys, cert: 'none' })).rejects.toMatchObject({
      code: 'unavailable',
      message,
    });
  });

  it('expects a name where one is given', async () => {
    expect(await call(keys, { ...keys, serverName: 'server.dc1.consul' })).toBe('hello');
    await expect(call(keys, { ...keys, serverName: 'server.dc2.consul' })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
