import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new folder; `removeTemporaryFolders` removes it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-raft-storage-'));
  made.push(folder);
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Files of a log, as a killed process leaves them: copied while the store is open and at rest. */
export const LOG_FILES = ['raft.db', 'raft.db-wal', 'raft.db-mark'] as const;

/** Copies a log's files into a new raft folder and returns that. */
export function copyLog(from: string): string {
  const to = join(temporaryFolder(), 'raft');
  mkdirSync(to, { mode: 0o700 });
  for (const name of LOG_FILES) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
  return to;
}

/** Changes one byte of a file, by exclusive or. */
export function flipByte(file: string, offset: number, mask: number): void {
  const bytes = readFileSync(file);
  bytes[offset] = bytes[offset]! ^ mask;
  writeFileSync(file, bytes);
}
