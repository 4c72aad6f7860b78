import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Addresses read from a file at most. */
const MAX_ADDRESSES = 512;

/** Members seen alive, in the form of serf's snapshot file: a restart finds the others by it. */
export class PeerFile {
  private readonly file: string;
  private last = '';
  private writing: Promise<void> = Promise.resolve();

  constructor(dataDir: string) {
    this.file = join(dataDir, 'serf', 'local.snapshot');
  }

  /** host:port of each member known at the last write; none when there is no file. */
  read(): readonly string[] {
    try {
      const lines = readFileSync(this.file, 'utf8').split('\n');
      return lines
        .map((line) => /^alive: \S+ (\S+:\d+)$/.exec(line)?.[1])
        .filter((address) => address !== undefined)
        .slice(0, MAX_ADDRESSES);
    } catch {
      return [];
    }
  }

  /** Replaces the file when its content changes. Rejects when it cannot. */
  write(members: readonly { readonly name: string; readonly address: string }[]): Promise<void> {
    const text = members.map(({ name, address }) => `alive: ${name} ${address}\n`).join('');
    if (text === this.last) return this.writing;
    this.last = text;
    this.writing = this.writing.catch(() => {}).then(() => this.replace(text));
    return this.writing;
  }

  private async replace(text: string): Promise<void> {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    await writeFile(`${this.file}.tmp`, text, { mode: 0o600 });
    await rename(`${this.file}.tmp`, this.file);
  }
}
