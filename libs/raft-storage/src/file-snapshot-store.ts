import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Clock, type Logger, MeshError } from '@mesh/base';
import type { SnapshotMeta, SnapshotPosition, SnapshotSink, SnapshotStore } from '@mesh/raft';
import { damaged } from './damage.ts';
import { preparePrivateFolder } from './durable-folder.ts';
import { FileSnapshotSink } from './snapshot-file-sink.ts';
import { readMeta } from './snapshot-meta-file.ts';

/** Complete snapshots that are kept: the newest, and one to fall back to. */
const KEEP = 2;
const CHUNK_BYTES = 256 * 1024;
const NAME = /^(\d+)-(\d+)-(\d+)$/;

export interface FileSnapshotStoreOptions {
  /** The folder of snapshots, below the raft folder; made where it is missing. */
  readonly folder: string;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Snapshots in files: FOLDER/<id>/{state.bin,meta.json}, `<id>.tmp` while one is written. */
export class FileSnapshotStore implements SnapshotStore {
  private prepared: Promise<void> | undefined;
  /** Ids that are being written. */
  private readonly writing = new Set<string>();
  /** Damaged snapshots that were told of. */
  private readonly told = new Set<string>();
  private readonly options: FileSnapshotStoreOptions;

  constructor(options: FileSnapshotStoreOptions) {
    this.options = options;
  }

  async list(): Promise<readonly SnapshotMeta[]> {
    await this.prepare();
    const found = await Promise.all((await this.names()).map((id) => this.describe(id)));
    return found.filter((meta) => meta !== undefined);
  }

  async create(position: SnapshotPosition): Promise<SnapshotSink> {
    await this.prepare();
    const id = await this.freeId(position);
    const folder = join(this.options.folder, id);
    const sink = new FileSnapshotSink({
      ...{ id, position, folder },
      onFinished: () => this.prune(),
      onEnded: () => this.writing.delete(id),
    });
    try {
      await sink.start();
    } catch (error) {
      await sink.abort().catch(() => {});
      throw error;
    }
    return sink;
  }

  async *read(id: string): AsyncIterable<Uint8Array> {
    const folder = join(this.options.folder, id);
    const file = join(folder, 'state.bin');
    if (!NAME.test(id)) throw new MeshError('unavailable', `there is no snapshot ${id}`);
    const { meta, stateCrc } = await readMeta(join(folder, 'meta.json')).catch((error) => {
      throw damaged(join(folder, 'meta.json'), error.message);
    });
    // From here on the handle keeps the file alive, whatever happens to its name.
    const handle = await open(file, 'r').catch((error) => {
      throw damaged(file, error.message);
    });
    try {
      yield* verified(handle, { file, sizeBytes: meta.sizeBytes, stateCrc });
    } finally {
      await handle.close();
    }
  }

  /** Once, before anything else: what an earlier process left half-written goes. */
  private prepare(): Promise<void> {
    this.prepared ??= (async () => {
      const { folder } = this.options;
      preparePrivateFolder(folder);
      for (const name of await readdir(folder)) {
        if (!name.endsWith('.tmp') || !NAME.test(name.slice(0, -4))) continue;
        await rm(join(folder, name), { recursive: true, force: true });
      }
    })();
    return this.prepared;
  }

  /** Ids of all snapshots, newest first. */
  private async names(): Promise<string[]> {
    const ids = (await readdir(this.options.folder)).filter((name) => NAME.test(name));
    const key = (id: string) => id.split('-').map(Number) as [number, number, number];
    return ids.sort((left, right) => {
      const [term, index, ms] = key(left);
      const [otherTerm, otherIndex, otherMs] = key(right);
      return otherTerm - term || otherIndex - index || otherMs - ms;
    });
  }

  private async describe(id: string): Promise<SnapshotMeta | undefined> {
    const folder = join(this.options.folder, id);
    try {
      const { meta } = await readMeta(join(folder, 'meta.json'));
      if (meta.id !== id) throw new Error(`meta.json is that of ${meta.id}`);
      const { size } = await stat(join(folder, 'state.bin'));
      if (size !== meta.sizeBytes) {
        throw new Error(`state.bin has ${size} bytes instead of ${meta.sizeBytes}`);
      }
      return meta;
    } catch (error) {
      // It may have been pushed out since its name was read.
      if ((error as { code?: string }).code === 'ENOENT' && !(await exists(folder)))
        return undefined;
      if (!this.told.has(id)) {
        const why = (error as Error).message;
        this.options.logger.error('snapshot is damaged and left out', { folder, error: why });
      }
      this.told.add(id);
      return undefined;
    }
  }

  private async freeId({ term, index }: SnapshotPosition): Promise<string> {
    const taken = new Set(await readdir(this.options.folder));
    for (let ms = Math.trunc(this.options.clock.nowMs()); ; ms++) {
      const id = `${term}-${index}-${ms}`;
      if (taken.has(id) || taken.has(`${id}.tmp`) || this.writing.has(id)) continue;
      this.writing.add(id);
      return id;
    }
  }

  /** Removes all but the newest good ones. A failure costs room and nothing else. */
  private async prune(): Promise<void> {
    const { folder, logger } = this.options;
    try {
      const keep = new Set((await this.list()).slice(0, KEEP).map(({ id }) => id));
      for (const id of await this.names()) {
        if (keep.has(id)) continue;
        // Under the other name first: a half-removed one must not look like a damaged one.
        await rename(join(folder, id), join(folder, `${id}.tmp`));
        await rm(join(folder, `${id}.tmp`), { recursive: true, force: true });
        this.told.delete(id);
      }
    } catch (error) {
      logger.warn('failed to remove old snapshots', { folder, error: (error as Error).message });
    }
  }
}

/** The bytes of a file; the last chunk comes only when length and checksum are right. */
async function* verified(
  handle: FileHandle,
  { file, sizeBytes, stateCrc }: { file: string; sizeBytes: number; stateCrc: number },
): AsyncIterable<Uint8Array> {
  let held: Uint8Array | undefined;
  let at = 0;
  let crc = 0;
  while (at < sizeBytes) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, sizeBytes - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at).catch((error) => {
      throw damaged(file, error.message);
    });
    if (bytesRead === 0) throw damaged(file, `it ends at byte ${at} of ${sizeBytes}`);
    if (held) yield held;
    held = chunk.subarray(0, bytesRead);
    crc = crc32(held, crc);
    at += bytesRead;
  }
  if (crc !== stateCrc) throw damaged(file, 'its checksum is wrong');
  if (held) yield held;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
