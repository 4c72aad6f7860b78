import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { assert, type Logger, MeshError } from '@mesh/base';
import type { LogEntry, LogStore, LogWrite, StoredLog } from '@mesh/raft';
import Database from 'better-sqlite3';
import { damaged } from './damage.ts';
import { EntryReader } from './log-database.ts';
import { packWrite } from './packed-write.ts';
import { type FromWorker, startWorker, type ToWorker } from './worker-thread.ts';

export interface SqliteLogStoreOptions {
  /** The raft folder below data_dir; made where it is missing. */
  readonly folder: string;
  readonly logger: Logger;
}

interface Pending {
  resolve(answer: FromWorker): void;
  reject(error: MeshError): void;
}

/**
 * Raft log in `raft.db`, a SQLite database in WAL mode that is synced with every write. A thread of its
 * own writes it; this one reads it, through a connection of its own.
 */
export class SqliteLogStore implements LogStore {
  private worker: Worker | undefined;
  private pending: Pending | undefined;
  private under: Promise<unknown> = Promise.resolve();
  private reader: Database.Database | undefined;
  private entries: EntryReader | undefined;
  private baseIndex = 0;
  private lastIndex = 0;
  private ended: string | undefined;
  private readonly file: string;
  private readonly options: SqliteLogStoreOptions;

  constructor(options: SqliteLogStoreOptions) {
    this.options = options;
    this.file = join(options.folder, 'raft.db');
  }

  async open(): Promise<StoredLog> {
    assert(!this.worker, 'a log is opened once');
    const worker = startWorker({ folder: this.options.folder });
    this.worker = worker;
    worker.on('message', (answer: FromWorker) => this.settle(answer));
    worker.on('error', (error) => this.end(error.message));
    worker.on('exit', () => this.end('its thread has ended'));
    try {
      const answer = await this.ask('open');
      assert(answer && 'opened' in answer, 'the log thread tells what it found');
      const stored = answer.opened;
      this.reader = new Database(this.file, { readonly: true, timeout: 1000 });
      this.entries = new EntryReader(this.reader);
      this.baseIndex = stored.base.index;
      this.lastIndex = stored.lastIndex;
      return stored;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async write(write: LogWrite): Promise<void> {
    const { truncateFrom, base, entries } = write;
    let last = this.lastIndex;
    if (truncateFrom !== undefined) last = Math.min(last, truncateFrom - 1);
    if (base) last = Math.max(last, base.index);
    assert(
      entries.length === 0 || entries[0]!.index === last + 1,
      'appended entries follow the last one',
    );
    await this.ask(packWrite(write));
    if (base) this.baseIndex = base.index;
    this.lastIndex = last + entries.length;
  }

  read(from: number, to: number, maxBytes: number): readonly LogEntry[] {
    const first = Math.max(from, this.baseIndex + 1);
    const last = Math.min(to, this.lastIndex);
    try {
      return first > last ? [] : this.entries!.read(first, last, maxBytes, true);
    } catch (error) {
      throw damaged(this.file, (error as Error).message);
    }
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    this.worker = undefined;
    await this.under.catch(() => {});
    this.reader?.close();
    this.reader = undefined;
    if (this.ended === undefined) await this.send(worker, 'close').catch(() => {});
    await worker.terminate();
  }

  private ask(message: ToWorker): Promise<FromWorker> {
    if (!this.worker) return Promise.reject(new MeshError('unavailable', 'the log is closed'));
    const answer = this.send(this.worker, message);
    this.under = answer;
    return answer;
  }

  private send(worker: Worker, message: ToWorker): Promise<FromWorker> {
    assert(!this.pending, 'one write at a time');
    if (this.ended !== undefined) {
      const why = `log storage failed: ${this.ended} (${this.file})`;
      return Promise.reject(new MeshError('unavailable', why));
    }
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      if (typeof message === 'string') worker.postMessage(message);
      else worker.postMessage(message, [message]);
    });
  }

  private settle(answer: FromWorker): void {
    if (answer && 'warning' in answer) {
      this.options.logger.warn('log storage', { file: this.file, warning: answer.warning });
      return;
    }
    const { pending } = this;
    this.pending = undefined;
    if (answer && 'failed' in answer) {
      pending?.reject(new MeshError('unavailable', answer.failed));
    } else {
      pending?.resolve(answer);
    }
  }

  private end(why: string): void {
    this.ended ??= why;
    const { pending } = this;
    this.pending = undefined;
    pending?.reject(new MeshError('unavailable', `log storage failed: ${why} (${this.file})`));
  }
}
