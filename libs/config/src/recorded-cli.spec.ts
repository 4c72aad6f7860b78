/**
 * The recorded invocations of `agent`, `validate` and `services register` that end in
 * configuration.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlagError } from './flags/parse-agent-flags.ts';
import { validateConfigFiles } from './load-config.ts';
import { loadDefinitionFile } from './load-definition-file.ts';
import { load } from './testing/load.ts';
import { MemoryFiles, memoryEnvironment } from './testing/memory-environment.ts';

interface Invocation {
  readonly command: string;
  readonly exit: number;
  readonly stderr: string;
}

const recorded: {
  readonly files: Readonly<Record<string, string>>;
  readonly invocations: readonly Invocation[];
} = JSON.parse(readFileSync(join(__dirname, '../testdata/cli-cases.json'), 'utf8'));

/** Where ours says more, or says it on one line: recorded text -> the part that ours must hold. */
const BETTER: Readonly<Record<string, string>> = {
  'encrypt has invalid key: illegal base64 data at input byte 4':
    'encrypt has invalid key: it is not base64',
  'failed to parse unknown.json: 1 error occurred: * invalid config key bogus':
    'failed to parse unknown.json: invalid config key bogus',
  'failed to parse flags-0.hcl: 1 error occurred: * invalid config key nope':
    'failed to parse flags-0.hcl: invalid config key nope',
  '1 error occurred: * ports.http: invalid port: 70000': 'ports.http: invalid port: 70000',
};

function machine(): MemoryFiles {
  const files = new MemoryFiles({
    ...recorded.files,
    'conf/a.json': '{"datacenter":"dc1","data_dir":"/tmp/x"}',
  });
  files.failing.set('mkdir /proc/nope', 'ENOENT');
  return files;
}

function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

function run(command: string): string {
  const [, name, ...args] = words(command);
  const files = machine();
  try {
    if (name === 'agent') load(args, files);
    else if (name === 'services') loadDefinitionFile(args.at(-1)!, memoryEnvironment(files));
    else {
      const paths = args.filter((arg) => !arg.startsWith('-'));
      validateConfigFiles(paths, '', memoryEnvironment(files));
    }
    return '';
  } catch (thrown) {
    if (thrown instanceof FlagError) return `${thrown.message}\n${thrown.usage.split('\n')[0]}`;
    return (thrown as Error).message;
  }
}

const cases = recorded.invocations.filter(
  // Without a path these are matters of the command line.
  ({ command }) => !/validate$|register$|-name=/.test(command),
);

test.each(cases.map((one) => [one.command, one] as const))('%s', (command, { exit, stderr }) => {
  const message = run(command);
  expect(message === '').toBe(exit === 0 || exit === -9);
  const core = stderr
    .replace(/^==> |^Config validation failed: |^Error: /, '')
    .replace(/\s+/g, ' ')
    .trim();
  expect(message.replace(/\s+/g, ' ')).toContain(BETTER[core] ?? core);
});
