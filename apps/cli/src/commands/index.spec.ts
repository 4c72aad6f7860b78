import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '@mesh/base';
import { COMMANDS } from './index.ts';

interface FlagFixture {
  readonly groups: readonly string[];
  /** Flags of each command of the original: type and default by name. */
  readonly commands: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>>;
}

const fixture = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'testdata', 'flags.json'), 'utf8'),
) as FlagFixture;

/** Flags that the original does not have, in the fixture's form. */
const ADDITIONS: FlagFixture['commands'] = {
  // It talks to an agent as the others do, though its help does not say so.
  'config delete': withoutNamespace(fixture.commands['config list']!),
  'connect proxy': { '-metrics-addr': ['string', ''], '-status': ['bool', 'false'] },
};

function withoutNamespace({
  '-namespace': _,
  ...others
}: FlagFixture['commands'][string]): FlagFixture['commands'][string] {
  return others;
}

const loadable = COMMANDS.filter((row) => row.load !== undefined);
/** Its flags are the runtime's. */
const others = loadable.filter((row) => row.name !== 'agent');

describe('the list of commands', () => {
  it('has the 31 of the original, each once', () => {
    const top = COMMANDS.map((row) => row.name).filter((name) => !name.includes(' '));
    expect(new Set(top).size).toBe(31);
    expect(top).toHaveLength(31);
  });

  it('has a row for each file in this folder, and a file for each row', () => {
    const files = readdirSync(__dirname)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && name !== 'index.ts')
      .map((name) => name.replace('.ts', ''));
    expect(loadable.map((row) => row.name.replaceAll(' ', '-')).sort()).toEqual(files.sort());
  });

  it('a row is a command, a group or of a later capability', () => {
    for (const row of COMMANDS) {
      const kinds = [row.load, row.about, row.later].filter((kind) => kind !== undefined);
      expect([row.name, kinds.length]).toEqual([row.name, 1]);
    }
    const groups = COMMANDS.filter((row) => row.about !== undefined).map((row) => row.name);
    expect(groups).toEqual(fixture.groups);
  });

  it('has the commands of the original', () => {
    expect(others.map((row) => row.name).sort()).toEqual(Object.keys(fixture.commands).sort());
  });
});

/** Type and default of a flag in the words of the fixture. */
function described(initial: unknown): readonly [string, unknown] {
  if (typeof initial === 'boolean') return ['bool', String(initial)];
  if (typeof initial === 'bigint') return ['uint64', String(initial)];
  if (typeof initial === 'number') return ['int', String(initial)];
  if (initial instanceof Map) return ['key=value, repeatable', ''];
  if (Array.isArray(initial)) return ['string, repeatable', ''];
  return ['string', initial];
}

describe.each(others.map((row) => [row.name, row] as const))('consul %s', (name, row) => {
  const expected = { ...fixture.commands[name]!, ...ADDITIONS[name] };

  it('has the flags of the original, of the same types, and named additions', async () => {
    const { command } = await row.load!();
    const got = Object.entries(command.flags).map(([flag, { initial, placeholder }]) => {
      const [type, initially] = described(initial);
      if (placeholder === 'duration') {
        return [`-${flag}`, 'duration', formatDuration(initial as number)];
      }
      return [`-${flag}`, type, initially];
    });
    const wanted = Object.entries(expected).map(([flag, [type, initially]]) => {
      const isText = type === 'path' || type === 'address';
      // Where the default is the agent's or in the documentation alone, the flag itself has none.
      const silent = ['-datacenter', '-http-addr', '-namespace'].includes(flag);
      return [flag, isText ? 'string' : type, silent ? '' : initially];
    });
    expect(got.sort()).toEqual(wanted.sort());
  });

  it('describes itself and every flag', async () => {
    const { command } = await row.load!();
    const help = command.help();
    expect(help.split('\n')[0]).toMatch(new RegExp(`^Usage: consul ${name}\\b`));
    for (const flag of Object.keys(command.flags)) expect(help).toContain(`\n  -${flag}`);
    for (const { doc } of Object.values(command.flags)) expect(doc).toMatch(/\.$/);
  });
});
