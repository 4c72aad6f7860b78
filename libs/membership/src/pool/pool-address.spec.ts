import { poolAddress } from './pool-address.ts';

describe('an address to join', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5:8301'],
    ['10.0.0.5:9301', '10.0.0.5:9301'],
    ['server-1.example.com', 'server-1.example.com:8301'],
    ['::1', '[::1]:8301'],
    ['[::1]', '[::1]:8301'],
    ['[2001:db8::1]:9301', '[2001:db8::1]:9301'],
  ])('%s is %s', (text, address) => {
    expect(poolAddress(text, 8301)).toBe(address);
  });

  it.each(['', ':8301', ':::', '[', '[::1', '[:::]', '10.0.0.5:0', '10.0.0.5:65536', 'a b', 'a:b'])(
    'refuses "%s"',
    (text) => {
      expect(() => poolAddress(text, 8301)).toThrow('is no address to join');
    },
  );
});
