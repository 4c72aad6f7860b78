import { spawnSync } from 'node:child_process';

/**
 * True when a program is installed. Where it is not, the test that asks is skipped with a line naming it;
 * under CI=true it fails instead, so that nothing is skipped unseen.
 */
export function requireTool(name: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
  if (found) return true;
  if (process.env['CI'] === 'true') throw new Error(`${name} is not installed`);
  process.stderr.write(`skipped: ${name} is not installed\n`);
  return false;
}
