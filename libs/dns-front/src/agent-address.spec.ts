import { parseAgentAddress } from './agent-address.ts';

it.each([
  ['10.0.0.1', { host: '10.0.0.1', port: 8500, secure: false }],
  ['agent-1:80', { host: 'agent-1', port: 80, secure: false }],
  ['http://agent-1/', { host: 'agent-1', port: 8500, secure: false }],
  ['https://agent-1', { host: 'agent-1', port: 8501, secure: true }],
  ['https://[::1]:99', { host: '::1', port: 99, secure: true }],
  ['unix:///run/mesh.sock', { host: 'localhost', socketPath: '/run/mesh.sock', secure: false }],
])('reads %s', (text, expected) => {
  expect(parseAgentAddress(text)).toMatchObject({ text, ...expected });
});

it.each(['', 'ftp://x', 'a:0', 'a:65536', 'a b', 'http://', '::1', 'a:80:90'])(
  'refuses %j and says what it takes',
  (text) => {
    expect(() => parseAgentAddress(text)).toThrow(
      `agent address ${JSON.stringify(text)}: must be HOST:PORT`,
    );
  },
);
