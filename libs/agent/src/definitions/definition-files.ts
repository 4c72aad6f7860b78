import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@mesh/base';

/** Kinds of records, each a folder of data_dir. */
export type RecordKind = 'services' | 'checks' | 'checks/state';

/** Larger files are none of ours. */
const RECORD_MAX_BYTES = 1024 * 1024;
const NAME = /^[0-9a-f]{32}$/;

/**
 * What came over the API and must survive a restart: a JSON file for each service, check and TTL
 * state, named by the MD5 of its id, mode 0600. Without a data_dir nothing is kept. Writes happen one
 * after the other, in the order of the calls; a file is complete or absent.
 */
export class DefinitionFiles {
  private readonly dataDir: string;
  private readonly logger: Logger;
  private queue: Promise<void> = Promise.resolve();

  /** @param dataDir "" keeps nothing */
  constructor(dataDir: string, logger: Logger) {
    this.dataDir = dataDir;
    this.logger = logger;
  }

  /** Writes a record. Rejects when the disk does. */
  save(kind: RecordKind, id: string, record: unknown): Promise<void> {
    if (this.dataDir === '') return Promise.resolve();
    const text = JSON.stringify(record);
    return this.enqueue(() => this.write(kind, id, text));
  }

  /** Changes a record, if there is one. Rejects when the disk does. */
  update(kind: RecordKind, id: string, change: (record: unknown) => unknown): Promise<void> {
    if (this.dataDir === '') return Promise.resolve();
    return this.enqueue(async () => {
      const record = this.loadOne(kind, id);
      if (record !== undefined) await this.write(kind, id, JSON.stringify(change(record)));
    });
  }

  /** Removes a record, if there is one. */
  remove(kind: RecordKind, id: string): Promise<void> {
    if (this.dataDir === '') return Promise.resolve();
    return this.enqueue(() => rm(this.path(kind, id), { force: true }));
  }

  /** All records of a kind. Files that cannot be read are left alone and logged. */
  load(kind: RecordKind): readonly unknown[] {
    if (this.dataDir === '') return [];
    const folder = join(this.dataDir, kind);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
    const out: unknown[] = [];
    for (const name of readdirSync(folder).sort()) {
      if (!NAME.test(name)) continue;
      const record = this.read(join(folder, name));
      if (record !== undefined) out.push(record);
    }
    return out;
  }

  /** One record; undefined when there is none. */
  loadOne(kind: RecordKind, id: string): unknown {
    if (this.dataDir === '') return undefined;
    const path = this.path(kind, id);
    return statSync(path, { throwIfNoEntry: false }) ? this.read(path) : undefined;
  }

  /** Resolves when all writes asked for so far are done, well or not. */
  settled(): Promise<void> {
    return this.queue;
  }

  private async write(kind: RecordKind, id: string, text: string): Promise<void> {
    const path = this.path(kind, id);
    mkdirSync(join(this.dataDir, kind), { recursive: true, mode: 0o700 });
    const temporary = `${path}.tmp`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  }

  private read(path: string): unknown {
    try {
      const { size } = statSync(path);
      if (size > RECORD_MAX_BYTES) throw new Error(`${size} bytes, at most ${RECORD_MAX_BYTES}`);
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      this.logger.warn('ignoring a stored definition', { file: path, error: error as Error });
      return undefined;
    }
  }

  private path(kind: RecordKind, id: string): string {
    return join(this.dataDir, kind, createHash('md5').update(id).digest('hex'));
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }
}
