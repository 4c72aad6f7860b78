import { parseJoinAddress, resolveJoinAddress } from './join-address.ts';

describe('addresses to join', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', 8301],
    ['10.0.0.1:99', '10.0.0.1', 99],
    ['host.example', 'host.example', 8301],
    ['host.example:99', 'host.example', 99],
    ['::1', '::1', 8301],
    ['[::1]', '::1', 8301],
    ['[::1]:99', '::1', 99],
    ['node/10.0.0.1:99', '10.0.0.1', 99],
  ])('%s', (text, host, port) => {
    expect(parseJoinAddress(text, 8301)).toEqual({ host, port });
  });

  it.each(['', ':8301', 'a:b', 'a:0', 'a:65536', '[10.0.0.1]:1', '[x]', 'a b', '1::2::3'])(
    'refuses %j',
    (text) => {
      expect(() => parseJoinAddress(text, 8301)).toThrow('is no address to join');
    },
  );

  it('says that no cloud is asked, and keeps the secrets to itself', () => {
    const error = expect(() => parseJoinAddress('provider=aws secret_access_key=abc', 8301));
    error.toThrow('"provider=aws": discovery by a cloud is not part of this build');
    error.not.toThrow('abc');
  });

  it('gives every address of a name once, in its shortest form', async () => {
    const resolve = async () => ['10.0.0.1', '0:0:0:0:0:0:0:1', '10.0.0.1', '::ffff:10.0.0.2'];
    expect(await resolveJoinAddress('a:99', 8301, resolve)).toEqual([
      { host: '10.0.0.1', port: 99 },
      { host: '::1', port: 99 },
      { host: '10.0.0.2', port: 99 },
    ]);
  });

  it('asks nobody about an IP address', async () => {
    const resolve = () => Promise.reject(new Error('asked'));
    expect(await resolveJoinAddress('[0::1]', 8301, resolve)).toEqual([
      { host: '::1', port: 8301 },
    ]);
  });

  it('names what is not known', async () => {
    const unknown = () => Promise.reject(new Error('no such host'));
    await expect(resolveJoinAddress('a', 1, unknown)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Failed to resolve a: no such host',
    });
    await expect(resolveJoinAddress('a', 1, async () => [])).rejects.toMatchObject({
      message: 'Failed to resolve a: no address',
    });
  });
});
