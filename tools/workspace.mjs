/** What the tools know of the workspace: its projects, their layers, their folders. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Layers whose code may touch nothing but ES2023. */
export const PURE_LAYERS = ['base', 'contract', 'core', 'domain'];

/** @returns {{ name: string, dir: string, layer: string, packageName: string }[]} */
export function projects() {
  const found = [];
  for (const group of ['libs', 'apps']) {
    for (const entry of readdirSync(join(root, group))) {
      const dir = join(group, entry);
      const file = join(root, dir, 'project.json');
      if (!existsSync(file)) continue;
      const { name, tags = [] } = JSON.parse(readFileSync(file, 'utf8'));
      const layer = tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? '';
      const packageName = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8')).name;
      found.push({ name, dir, layer, packageName });
    }
  }
  return found;
}
