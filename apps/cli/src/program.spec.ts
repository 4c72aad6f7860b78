import { runCommand } from './testing/run-command.ts';

describe('consul', () => {
  it.each([
    [[], 127, 'stderr'],
    [['nope'], 127, 'stderr'],
    [['nope', '-x'], 127, 'stderr'],
    [['--'], 127, 'stderr'],
    [['-h'], 0, 'stdout'],
    [['-help'], 0, 'stdout'],
    [['--help'], 0, 'stdout'],
  ] as const)('%j lists the commands: exit %i, %s', async (argv, code, where) => {
    const finished = await runCommand(argv);
    expect(finished.code).toBe(code);
    expect(finished[where]).toMatch(
      /^Usage: consul \[--version\] \[--help\] <command> \[<args>\]\n/,
    );
    expect(finished[where].match(/^ {4}\S/gm)).toHaveLength(31);
    expect(finished[where === 'stdout' ? 'stderr' : 'stdout']).toBe('');
  });

  it.each([['-v'], ['--version'], ['-version'], ['version']])(
    '%s prints the version',
    async (word) => {
      const { code, stdout } = await runCommand([word]);
      expect([code, stdout.split('\n')[0]]).toEqual([0, 'Consul v1.8.6']);
    },
  );

  it.each([
    [['kv'], 1, 'stderr'],
    [['kv', 'nope'], 1, 'stderr'],
    [['kv', '-h'], 0, 'stdout'],
    [['--help', 'kv'], 0, 'stdout'],
  ] as const)('%j lists the subcommands: exit %i, %s', async (argv, code, where) => {
    const finished = await runCommand(argv);
    expect(finished.code).toBe(code);
    expect(finished[where].match(/^ {4}(\w+) /gm)!.map((name) => name.trim())).toEqual([
      'delete',
      'export',
      'get',
      'import',
      'put',
    ]);
  });

  it('a flag before the command is told where it belongs', async () => {
    const { code, stderr } = await runCommand(['-http-addr=x', 'members']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      '-http-addr=x: flags of a command stand behind its name: consul members -http-addr=x ...\n',
    );
  });

  it.each([
    [['members', '-h']],
    [['kv', 'put', 'key', 'value', '--help']],
    [['--help', 'kv', 'get']],
    [['lock', '-h', 'prefix', 'child']],
    [['lock', '-verbose', '-help']],
  ])('%j is answered with help', async (argv) => {
    const { code, stdout } = await runCommand(argv);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: consul (members|kv put|kv get|lock) /);
  });

  it('help behind -- or behind the words of a child is not ours', async () => {
    const put = await runCommand(['kv', 'put', '--', '-h', 'x', 'y']);
    expect(put.stderr).toContain('Too many arguments');
    const env = { CONSUL_HTTP_ADDR: '127.0.0.1:1' };
    const lock = await runCommand(['lock', 'prefix', 'ls', '-h'], env);
    expect(lock.stderr).toContain('dial tcp 127.0.0.1:1: connect: connection refused');
  });

  it('a wrong flag is told with the list of flags', async () => {
    const { code, stderr, stdout } = await runCommand(['members', '-nope']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^flag provided but not defined: -nope\nUsage:\n {2}-ca-file value\n/);
    expect(stderr).toContain('  -wan\n    \t');
  });

  it('a command of a later capability says so in a line', async () => {
    for (const argv of [['debug'], ['snapshot', 'agent', '-x']]) {
      const { code, stdout, stderr } = await runCommand(argv);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^consul (debug|snapshot agent) is not available yet: .* come with a later capability\n$/,
      );
    }
  });
});
