import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { KEY_BY_NAME } from '../keys/all-keys.ts';
import { AGENT_FLAGS, agentUsage } from './agent-flags.ts';
import { FlagError, parseAgentFlags } from './parse-agent-flags.ts';

function values(...argv: string[]): Record<string, unknown> {
  return Object.fromEntries(parseAgentFlags(argv).values.values);
}

test('every recorded flag is known and sets a key', () => {
  const recorded: string[] = JSON.parse(
    readFileSync(join(__dirname, '../../testdata/agent-flag-names.json'), 'utf8'),
  );
  const names = AGENT_FLAGS.map((flag) => flag.name);
  expect(names).toEqual(expect.arrayContaining(recorded));
  expect(new Set(names).size).toBe(names.length);
  for (const flag of AGENT_FLAGS) {
    if (flag.key !== '') expect(KEY_BY_NAME.has(flag.key)).toBe(true);
    expect(agentUsage).toContain(`  ${flag.name}${flag.kind === 'flag' ? '' : ' value'}\n    \t`);
  }
});

test('one dash or two, with = or a space', () => {
  const expected = { node_name: 'n' };
  for (const argv of [['-node=n'], ['--node=n'], ['-node', 'n'], ['--node', 'n']]) {
    expect(values(...argv)).toEqual(expected);
  }
  expect(values('-node=a=b')).toEqual({ node_name: 'a=b' });
  expect(values('-bind', '-x')).toEqual({ bind_addr: '-x' });
});

test('types', () => {
  expect(values('-server', '-ui=false', '-bootstrap=T')).toEqual({
    server: true,
    ui: false,
    bootstrap: true,
  });
  expect(values('-http-port=8080', '-dns-port', '-1')).toEqual({
    'ports.http': 8080,
    'ports.dns': -1,
  });
  expect(values('-retry-join=a', '-retry-join', 'b')).toEqual({ retry_join: ['a', 'b'] });
  expect(values('-node-meta=a:b:c', '-node-meta', 'd')).toEqual({ node_meta: { a: 'b:c', d: '' } });
  expect(values('-node=a', '-node=b')).toEqual({ node_name: 'b' });
});

test('where configuration comes from', () => {
  const flags = parseAgentFlags([
    '-dev',
    '-config-dir',
    'd',
    '-hcl',
    'x = 1',
    '-config-file=f',
    '-config-format=hcl',
    '-hcl=y = 2',
  ]);
  expect(flags).toMatchObject({
    dev: true,
    configPaths: ['d', 'f'],
    configFormat: 'hcl',
    fragments: ['x = 1', 'y = 2'],
    help: false,
  });
  expect(parseAgentFlags(['-dev=false']).dev).toBe(false);
  expect(parseAgentFlags(['-h']).help).toBe(true);
  expect(parseAgentFlags(['--help', '-nope']).help).toBe(true);
});

test.each([
  [['-nope'], 'flag provided but not defined: -nope'],
  [['--nope=1'], 'flag provided but not defined: -nope'],
  [['-node'], 'flag needs an argument: -node'],
  [['-server=maybe'], 'invalid boolean value "maybe" for -server: accepted are true and false'],
  [['-http-port=http'], 'invalid value "http" for flag -http-port: expected a whole number'],
  [
    ['-http-port=70000'],
    'invalid value "70000" for flag -http-port: ports.http: invalid port: 70000, ' +
      'accepted are 1 to 65535, and -1 for off',
  ],
  [
    ['-default-query-time=x'],
    'invalid value "x" for flag -default-query-time: default_query_time: ' +
      'invalid duration "x", accepted are a number and a unit such as 10s or 5m',
  ],
  [['-config-format=yaml'], '-config-format cannot be "yaml", accepted are json and hcl'],
  [['---x'], 'bad flag syntax: ---x'],
  [['-=x'], 'bad flag syntax: -=x'],
])('%j is a flag error', (argv, message) => {
  const attempt = () => parseAgentFlags(argv);
  expect(attempt).toThrow(FlagError);
  expect(attempt).toThrow(message);
});

test('arguments are refused without the usage', () => {
  for (const argv of [
    ['-dev', 'x', '-y'],
    ['-dev', '--', 'x', '-y'],
  ]) {
    const attempt = () => parseAgentFlags(argv);
    expect(attempt).toThrow('Unexpected extra arguments: [x -y]');
    expect(attempt).not.toThrow(FlagError);
  }
  expect(() => parseAgentFlags(['-'])).toThrow('Unexpected extra arguments: [-]');
});

test('fuzz: any arguments give flags or a MeshError', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(...AGENT_FLAGS.map((flag) => flag.name)),
    fc
      .tuple(fc.constantFrom(...AGENT_FLAGS), fc.string())
      .map(([flag, text]) => `${flag.name}=${text}`),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (argv) => {
      try {
        parseAgentFlags(argv);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MeshError);
      }
    }),
    { numRuns: 1000 },
  );
});
