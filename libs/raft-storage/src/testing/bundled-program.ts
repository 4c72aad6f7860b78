import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { temporaryFolder } from './temporary-folder.ts';

const source = join(__dirname, '..');
const modules = join(__dirname, '..', '..', '..', '..', 'node_modules');

/** A program of the `testing` folder as its own process runs it: bundled, with the worker beside it. */
export function bundledProgram(name: string): { file: string; env: NodeJS.ProcessEnv } {
  const folder = temporaryFolder();
  const file = join(folder, 'program.js');
  bundle(join(source, 'testing', name), file);
  bundle(join(source, 'log-worker.ts'), join(folder, 'raft-log-worker.js'));
  return { file, env: { ...process.env, NODE_PATH: modules } };
}

function bundle(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@mesh/source'],
    external: ['better-sqlite3'],
  });
}
