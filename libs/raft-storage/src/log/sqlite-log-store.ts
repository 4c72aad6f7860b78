import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { assert, MeshError } from '@mesh/base';
import type { LogEntry, LogStore, LogWrite, StoredLog } from '@mesh/raft';
import { FolderLock } from './folder-lock.ts';
import { damagedLog, LogReader } from './log-reader.ts';
import { LOG_FILE } from './schema.ts';
import { checkWal } from './wal-check.ts';
import type { WorkerAnswer, WorkerOrder } from './worker-messages.ts';
import { packWrite } from './write-codec.ts';

export interface SqliteLogStoreOptions {
  /** The raft folder; made when it is absent, readable by this user alone. */
  readonly folder: string;
  /** JavaScript file of the thread that writes: worker-main.ts of this lib, bundled. */
  readonly workerFile: string;
}

/** Raft log on disk: SQLite in WAL mode, written and synced by a thread of its own. */
export class SqliteLogStore implements LogStore {
  private readonly file: string;
  private readonly options: SqliteLogStoreOptions;
  private lock: FolderLock | undefined;
  private worker: Worker | undefined;
  private reader: LogReader | undefined;
  private lastIndex = 0;
  private onAnswer: ((answer: WorkerAnswer) => void) | undefined;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(options: SqliteLogStoreOptions) {
    this.options = options;
    this.file = join(options.folder, LOG_FILE);
  }

  async open(): Promise<StoredLog> {
    assert(!this.worker, 'a log is opened once');
    const { folder } = this.options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.lock = new FolderLock(folder);
    const damage = checkWal(`${this.file}-wal`);
    if (damage !== undefined) throw damagedLog(`${this.file}-wal`, damage);
    const isNew = !existsSync(this.file);
    await this.startWorker();
    for (const suffix of ['', '-wal', '-shm']) {
      if (isNew && existsSync(this.file + suffix)) chmodSync(this.file + suffix, 0o600);
    }
    try {
      this.reader = new LogReader(this.file);
      const stored = this.reader.verify();
      this.lastIndex = stored.lastIndex;
      return stored;
    } catch (thrown) {
      if (thrown instanceof MeshError) throw thrown;
      throw damagedLog(this.file, String((thrown as Error).message));
    }
  }

  async write(write: LogWrite): Promise<void> {
    const { truncateFrom, base, entries } = write;
    let lastIndex = this.lastIndex;
    if (truncateFrom !== undefined) lastIndex = Math.min(lastIndex, truncateFrom - 1);
    if (base) lastIndex = Math.max(lastIndex, base.index);
    entries.forEach((entry, at) => {
      assert(entry.index === lastIndex + 1 + at, 'appended entries follow the last one');
    });
    const { head, bytes } = packWrite(write);
    const answer = await this.order({ kind: 'write', head, bytes }, [bytes]);
    if (answer.kind === 'failed') {
      throw new MeshError('unavailable', `log write failed: ${answer.error}: ${this.file}`);
    }
    this.lastIndex = lastIndex + entries.length;
  }

  read(from: number, to: number, maxBytes: number): readonly LogEntry[] {
    assert(this.reader, 'the log is open');
    return this.reader.read(from, to, maxBytes);
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    this.reader?.close();
    this.reader = undefined;
    if (worker) {
      await this.underWay.catch(() => {});
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage({ kind: 'close' } satisfies WorkerOrder);
      await exited;
    }
    this.lock?.release();
    this.lock = undefined;
  }

  private async startWorker(): Promise<void> {
    const worker = new Worker(this.options.workerFile, { workerData: { file: this.file } });
    worker.on('message', (answer: WorkerAnswer) => this.settle(answer));
    worker.on('error', (error) => this.settle({ kind: 'failed', error: error.message }));
    worker.on('exit', () => this.settle({ kind: 'failed', error: 'the log writer has ended' }));
    this.worker = worker;
    const opened = await new Promise<WorkerAnswer>((resolve) => {
      this.onAnswer = resolve;
    });
    if (opened.kind !== 'failed') return;
    this.worker = undefined;
    throw damagedLog(this.file, opened.error);
  }

  private order(order: WorkerOrder, transfer: ArrayBuffer[]): Promise<WorkerAnswer> {
    const { worker } = this;
    if (!worker) return Promise.resolve({ kind: 'failed', error: 'the log is closed' });
    assert(!this.onAnswer, 'one write at a time');
    const answer = new Promise<WorkerAnswer>((resolve) => {
      this.onAnswer = resolve;
    });
    this.underWay = answer;
    worker.postMessage(order, transfer);
    return answer;
  }

  private settle(answer: WorkerAnswer): void {
    const { onAnswer } = this;
    this.onAnswer = undefined;
    onAnswer?.(answer);
  }
}
