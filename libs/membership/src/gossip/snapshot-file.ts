import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KIB, type Logger, type Metrics, MIB, type Platform, type Timer } from '@mesh/base';
import type { GossipAddress, SerfClocks, SerfMemory } from '@mesh/gossip';
import {
  aliveLine,
  clockLines,
  LEAVE_LINE,
  NOTHING,
  notAliveLine,
  type Remembered,
  replayLines,
} from './snapshot-lines.ts';

/** What happens within this time is written at once, milliseconds. */
const FLUSH_MS = 500;
/** Wait before a file that could not be written is tried again, milliseconds. */
const RETRY_MS = 30_000;
/** A file above this is written anew when it is also far larger than its members need. */
const COMPACT_BYTES = 128 * KIB;
/** Room of a member's lines. */
const MEMBER_BYTES = 128;
/** A larger file is not ours. */
const MAX_FILE_BYTES = 64 * MIB;
/** Lines without sense that are told. */
const MAX_TOLD = 5;

export interface SnapshotOptions {
  readonly path: string;
  /** What was known before a leave still counts. */
  readonly rejoinAfterLeave: boolean;
  readonly platform: Pick<Platform, 'timers' | 'clock'>;
  /** Named as the pool's. */
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * What a member of a pool remembers over a restart: who was there, and its clocks. Lines are appended, many at
 * a time; now and then the file is written anew without what has been overtaken. A file that cannot be
 * written is complained about and tried again: the pool goes on without.
 */
export class SnapshotFile {
  private readonly options: SnapshotOptions;
  private readonly alive = new Map<string, GossipAddress>();
  private memory: SerfMemory = NOTHING.memory;
  private writtenMemory: SerfMemory = NOTHING.memory;
  private pending = '';
  private fileBytes = 0;
  private compactAboveBytes = COMPACT_BYTES;
  /** The file lacks something that is not in `pending`. */
  private isDamaged = false;
  private hasLeft = false;
  private timer: Timer | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(options: SnapshotOptions) {
    this.options = options;
  }

  /** Reads what the last run left, and keeps it. Never rejects. */
  async open(): Promise<Remembered> {
    const { path, rejoinAfterLeave, logger } = this.options;
    let text: string;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const { size } = await stat(path);
      if (size > MAX_FILE_BYTES) throw new Error(`${size} bytes are no snapshot`);
      text = await readFile(path, 'utf8');
    } catch (thrown) {
      if ((thrown as { readonly code?: unknown }).code === 'ENOENT') return NOTHING;
      logger.error('serf: failed to read the snapshot, starting without', {
        path,
        error: String(thrown),
      });
      this.isDamaged = true;
      return NOTHING;
    }
    const remembered = replayLines(text, rejoinAfterLeave);
    const { members, memory, damaged } = remembered;
    for (const line of damaged.slice(0, MAX_TOLD)) {
      logger.warn('serf: Unrecognized snapshot line', { path, line: line.slice(0, 128) });
    }
    // A crash may have cut the last line short: nothing may be glued to it.
    this.isDamaged = damaged.length > 0 || !(text === '' || text.endsWith('\n'));
    this.fileBytes = Buffer.byteLength(text);
    for (const { name, address } of members) this.alive.set(name, address);
    this.memory = memory;
    this.writtenMemory = memory;
    return remembered;
  }

  memberAlive(name: string, address: GossipAddress): void {
    const line = aliveLine({ name, address });
    if (this.hasLeft || line === undefined) return;
    this.alive.set(name, address);
    this.append(line);
  }

  memberGone(name: string): void {
    const line = notAliveLine(name);
    if (this.hasLeft || line === undefined) return;
    this.alive.delete(name);
    this.append(line);
  }

  /** Clocks as they are now; the file holds the times before. */
  clocks({ member, event, query }: SerfClocks): void {
    const { clock, eventClock, queryClock } = this.memory;
    if (clock === member - 1 && eventClock === event - 1 && queryClock === query - 1) return;
    if (this.hasLeft) return;
    this.memory = { clock: member - 1, eventClock: event - 1, queryClock: query - 1 };
    this.arm(FLUSH_MS);
  }

  /** The member leaves: nothing that follows counts. Resolves when that is on disk, or cannot be. */
  async leave(): Promise<void> {
    if (this.hasLeft) return;
    this.hasLeft = true;
    if (!this.options.rejoinAfterLeave) {
      this.alive.clear();
      this.memory = NOTHING.memory;
      this.writtenMemory = NOTHING.memory;
    }
    this.pending += LEAVE_LINE;
    await this.flush(true);
  }

  /** Writes what is left to write. Never rejects. */
  async close(): Promise<void> {
    await this.flush(true);
    this.timer?.cancel();
    this.timer = undefined;
  }

  private append(line: string): void {
    this.pending += line;
    this.arm(FLUSH_MS);
  }

  private arm(delayMs: number): void {
    this.timer ??= this.options.platform.timers.after(delayMs, () => void this.flush(false));
  }

  /** One write at a time. Never rejects. */
  private flush(sync: boolean): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write(sync));
    return this.writing;
  }

  private async write(sync: boolean): Promise<void> {
    const { path, platform, logger, metrics } = this.options;
    const { memory } = this;
    const lines = this.pending + clockLines(memory, this.writtenMemory);
    if (lines === '' && !this.isDamaged) return;
    this.pending = '';
    this.writtenMemory = memory;
    const startedAtMs = platform.clock.monotonicMs();
    try {
      const bytes = Buffer.byteLength(lines);
      if (this.isDamaged || this.fileBytes + bytes > this.compactAboveBytes) await this.compact();
      else {
        await writeOut(path, 'a', lines, sync);
        this.fileBytes += bytes;
      }
    } catch (thrown) {
      if (!this.isDamaged) {
        logger.error('serf: failed to update the snapshot, will retry', {
          path,
          error: String(thrown),
        });
      }
      this.isDamaged = true;
      if (!this.hasLeft) this.arm(RETRY_MS);
    }
    metrics.sample('serf.snapshot.appendLine', platform.clock.monotonicMs() - startedAtMs);
  }

  /** Writes a file of what counts, and puts it in the place of the old one. */
  private async compact(): Promise<void> {
    const { path } = this.options;
    const members = [...this.alive].map(([name, address]) => aliveLine({ name, address }) ?? '');
    const lines = [...members, clockLines(this.memory, NOTHING.memory)];
    if (this.hasLeft) lines.push(LEAVE_LINE);
    const text = lines.join('');
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeOut(`${path}.compact`, 'w', text, true);
    await rename(`${path}.compact`, path);
    this.isDamaged = false;
    this.fileBytes = Buffer.byteLength(text);
    const needed = Math.max(this.alive.size * MEMBER_BYTES * 2, this.fileBytes * 2);
    this.compactAboveBytes = Math.max(COMPACT_BYTES, needed);
  }
}

async function writeOut(
  path: string,
  flags: 'a' | 'w',
  text: string,
  sync: boolean,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
    if (sync) await file.sync();
  } finally {
    await file.close();
  }
}
