/** Builds every app that has a build.mjs into dist/. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projects, root } from './workspace.mjs';

for (const { dir } of projects()) {
  const script = join(root, dir, 'build.mjs');
  if (!existsSync(script)) continue;
  const { status } = spawnSync(process.execPath, [script], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
