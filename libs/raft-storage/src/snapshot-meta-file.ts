import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { SnapshotMeta } from '@mesh/raft';

/** Version of a snapshot folder's layout. */
const FORMAT = 1;
const MAX_BYTES = 4 * 1024 * 1024;

/** A snapshot's description as `meta.json` holds it. */
export interface StoredMeta {
  readonly meta: SnapshotMeta;
  /** CRC-32 of state.bin. */
  readonly stateCrc: number;
}

/** The content of `meta.json`, with a checksum over itself. */
export function encodeMeta({ meta, stateCrc }: StoredMeta): string {
  const { id, index, term, configuration, configurationIndex, sizeBytes } = meta;
  const fields = { id, index, term, configuration, configurationIndex, sizeBytes, stateCrc };
  const crc = crc32(JSON.stringify(fields));
  return `${JSON.stringify({ format: FORMAT, crc, ...fields }, undefined, 2)}\n`;
}

/** Throws an error that says what is wrong with the file. */
export async function readMeta(file: string): Promise<StoredMeta> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes`);
    const { format, crc, ...fields } = JSON.parse(await handle.readFile('utf8'));
    if (typeof format === 'number' && format > FORMAT) {
      throw new Error(`it has format ${format}, this program knows up to ${FORMAT}`);
    }
    if (format !== FORMAT || crc32(JSON.stringify(fields)) !== crc) {
      throw new Error('its checksum is wrong');
    }
    const { stateCrc, ...meta } = fields as SnapshotMeta & { stateCrc: number };
    return { meta, stateCrc };
  } finally {
    await handle.close();
  }
}
