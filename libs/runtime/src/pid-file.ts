import { unlinkSync, writeFileSync } from 'node:fs';
import { MeshError } from '@mesh/base';

/** Writes the process id; the returned function removes the file again. Throws MeshError when it cannot. */
export function writePidFile(path: string): () => void {
  if (path === '') return () => {};
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
  } catch (cause) {
    throw new MeshError('invalid-argument', `Could not write pid file ${path}: ${String(cause)}`, {
      cause,
    });
  }
  return () => {
    try {
      unlinkSync(path);
    } catch {
      // Somebody removed it before us: what was wanted.
    }
  };
}
