import { networkError } from './network-error.ts';

function failure(message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), fields);
}

describe('networkError', () => {
  const connect = { syscall: 'connect', address: '10.0.0.1', port: 80 };
  it.each([
    [{ ...connect, code: 'ECONNREFUSED' }, 'dial tcp 10.0.0.1:80: connect: connection refused'],
    [{ ...connect, code: 'EHOSTUNREACH' }, 'dial tcp 10.0.0.1:80: connect: no route to host'],
    [{ ...connect, code: 'EWHATEVER' }, 'dial tcp 10.0.0.1:80: words'],
    [
      { ...connect, code: 'ECONNREFUSED', address: '::1' },
      'dial tcp [::1]:80: connect: connection refused',
    ],
    [{ syscall: 'connect', code: 'ENETUNREACH' }, 'dial tcp h:1: connect: network is unreachable'],
    [
      { syscall: 'getaddrinfo', code: 'ENOTFOUND', hostname: 'no.example' },
      'dial tcp: lookup no.example: no such host',
    ],
    [{ code: 'ECONNRESET' }, 'read tcp h:1: read: connection reset by peer'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'x509: words'],
    [{ code: 'HPE_INVALID_CONSTANT' }, 'malformed HTTP response: words'],
    [{}, 'words'],
  ])('%j is %s', (fields, text) => {
    expect(networkError('h:1', failure('words', fields))).toBe(text);
  });

  it('a connection that ends without an answer is an early end', () => {
    expect(networkError('h:1', failure('socket hang up', { code: 'ECONNRESET' }))).toBe('EOF');
  });

  it('of several addresses the first one counts', () => {
    const errors = ['::1', '127.0.0.1'].map((address) =>
      failure('', { ...connect, address, code: 'ECONNREFUSED' }),
    );
    expect(networkError('h:1', new AggregateError(errors))).toMatch(/^dial tcp \[::1\]:80: /);
  });
});
