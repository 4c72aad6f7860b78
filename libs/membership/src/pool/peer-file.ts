import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Addresses read from a file, and characters of a file, at most. */
const MAX_ADDRESSES = 512;
const MAX_CHARS = 1024 * 1024;
/** The line of an agent that left: it does not come back by itself. */
const LEAVE = 'leave';

/** A member as the file names it. */
export interface PeerRow {
  readonly name: string;
  /** host:port */
  readonly address: string;
}

/** Members of the pool, in the form of serf's snapshot file: a restart finds the others by it. */
export class PeerFile {
  private readonly file: string;
  private last = '';
  private writing: Promise<void> = Promise.resolve();

  constructor(dataDir: string) {
    this.file = join(dataDir, 'serf', 'local.snapshot');
  }

  /**
   * host:port of each member of the last write; none when there is no file.
   * @param rejoin also after a leave
   */
  read(rejoin: boolean): readonly string[] {
    let lines: readonly string[];
    try {
      lines = readFileSync(this.file, 'utf8').slice(0, MAX_CHARS).split('\n');
    } catch {
      return [];
    }
    if (lines.includes(LEAVE) && !rejoin) return [];
    return lines
      .map((line) => /^alive: .+ (\S+:\d+)$/.exec(line)?.[1])
      .filter((address) => address !== undefined)
      .slice(0, MAX_ADDRESSES);
  }

  /**
   * Replaces the file when its content changes. Rejects when it cannot.
   * @param hasLeft whether this agent leaves the pool
   */
  write(members: readonly PeerRow[], hasLeft: boolean): Promise<void> {
    const rows = members.map(({ name, address }) => `alive: ${name} ${address}\n`);
    const text = rows.join('') + (hasLeft ? `${LEAVE}\n` : '');
    if (text === this.last) return this.writing;
    this.last = text;
    this.writing = this.writing.catch(() => {}).then(() => this.replace(text));
    return this.writing;
  }

  /** Resolves when all writes are done, well or not. */
  settled(): Promise<void> {
    return this.writing.catch(() => {});
  }

  private async replace(text: string): Promise<void> {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    await writeFile(`${this.file}.tmp`, text, { mode: 0o600 });
    await rename(`${this.file}.tmp`, this.file);
  }
}
