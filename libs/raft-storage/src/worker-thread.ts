import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { StoredLog } from '@mesh/raft';

export type ToWorker = 'open' | 'close' | ArrayBuffer;
/** An answer (null: it is done), or a warning in between. */
export type FromWorker =
  | null
  | { readonly failed: string }
  | { readonly opened: StoredLog }
  | { readonly warning: string };

/** The built worker's name: the bundle of a program that runs a durable server has it beside itself. */
const BUILT = 'raft-log-worker.js';

/**
 * Starts the log's thread. From source, where no built worker lies beside this file, it is bundled on
 * the spot: Node 20 runs no TypeScript.
 */
export function startWorker(workerData: object): Worker {
  const built = join(__dirname, BUILT);
  if (existsSync(built)) return new Worker(built, { workerData });
  return new Worker(bundleWorker(join(__dirname, 'log-worker.ts')), { eval: true, workerData });
}

let bundled: string | undefined;

function bundleWorker(entry: string): string {
  if (bundled !== undefined) return bundled;
  // Not an import: a built program neither has the bundler nor needs it.
  const { buildSync } = createRequire(__filename)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@mesh/source'],
    external: ['better-sqlite3'],
    // Code that comes as text looks for packages below the working folder, wherever that is.
    banner: { js: `require = require('node:module').createRequire(${JSON.stringify(entry)});` },
  });
  bundled = outputFiles[0]!.text;
  return bundled;
}
