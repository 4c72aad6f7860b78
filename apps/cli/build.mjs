/**
 * Bundles the CLI: dist/cli/consul.js finds the command, dist/cli/commands/NAME.js is one command each with
 * all that it needs. So a short command loads two small files and none of the agent.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const target = join(root, 'dist', 'cli');
// Built beside its place and moved there: who starts the CLI meanwhile finds a whole build.
const fresh = join(root, 'dist', `cli.${process.pid}`);

/** Packages with native parts, or that find their own files at run time; only the agent loads them. */
const EXTERNAL = ['better-sqlite3', '@grpc/grpc-js', '@grpc/proto-loader', 'native-dns'];

/** Where the rows of commands are: they load their file at run time, from beside the entry. */
const ROWS = /\/(commands\/index|acl\/command-rows)\.ts$/;

const commandsApart = {
  name: 'commands-apart',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^\.\.?\/[a-z/-]+\.ts$/ }, ({ kind, path, importer }) => {
      if (kind !== 'dynamic-import' || !ROWS.test(importer)) return undefined;
      return { path: `./commands/${basename(path, '.ts')}.js`, external: true };
    });
    // Libs do nothing when they are loaded: what a command does not use stays out of its bundle.
    onResolve({ filter: /^@mesh\// }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === 'seen') return undefined;
      const found = await resolve(path, { ...rest, pluginData: 'seen' });
      return { ...found, sideEffects: false };
    });
  },
};

const common = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  conditions: ['@mesh/source'],
  // import() becomes require(): Node's loader of ES modules costs several milliseconds.
  supported: { 'dynamic-import': false },
  external: EXTERNAL,
  plugins: [commandsApart],
  absWorkingDir: root,
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
};

const commands = readdirSync(join(here, 'src', 'commands'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && name !== 'index.ts')
  .map((name) => join(here, 'src', 'commands', name));

mkdirSync(fresh, { recursive: true });
try {
  await Promise.all([
    build({
      ...common,
      entryPoints: [join(here, 'src', 'main.ts')],
      outfile: join(fresh, 'consul.js'),
    }),
    build({ ...common, entryPoints: commands, outdir: join(fresh, 'commands') }),
    // The thread of a durable server's log: beside the command that starts it.
    build({
      ...common,
      entryPoints: [join(root, 'libs', 'raft-storage', 'src', 'log-worker.ts')],
      outfile: join(fresh, 'commands', 'raft-log-worker.js'),
    }),
  ]);
  // The packages' own sources are ES modules: the bundles are not, whatever stands above them.
  writeFileSync(join(fresh, 'package.json'), '{"type":"commonjs"}\n');
  replaceFolder(fresh, target);
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  process.stderr.write(`building the CLI failed: ${error.message}\n`);
  process.exit(1);
}

/** Puts a folder in the place of another; where another build was first, its result stays. */
function replaceFolder(from, to) {
  const old = `${from}.old`;
  try {
    renameSync(to, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw error;
    rmSync(from, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}
