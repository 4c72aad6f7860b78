import { invalid, type MeshError } from '@mesh/base';

/** Unit of a tar archive (POSIX ustar): headers are one, files are filled up to whole ones. */
export const BLOCK_BYTES = 512;

export interface TarFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Where a field of the header stands. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 108],
  owner: [108, 116],
  group: [116, 124],
  size: [124, 136],
  modified: [136, 148],
  checksum: [148, 156],
  magic: [257, 265],
  prefix: [345, 500],
} as const;

const TYPE_AT = 156;
const PLAIN_FILE = 0x30;

/** Header of a plain file that its owner alone may read. The name is short and ASCII. */
export function encodeHeader({ name, sizeBytes }: TarFile, nowMs: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0, 'latin1');
  writeOctal(block, 'mode', 0o600);
  writeOctal(block, 'owner', 0);
  writeOctal(block, 'group', 0);
  writeOctal(block, 'size', sizeBytes);
  writeOctal(block, 'modified', Math.max(0, Math.floor(nowMs / 1000)));
  block[TYPE_AT] = PLAIN_FILE;
  block.write('ustar\u000000', FIELDS.magic[0], 'latin1');
  // Six digits, a zero byte and a space, by tradition.
  const sum = checksumOf(block).toString(8).padStart(6, '0');
  block.write(`${sum}\0 `, FIELDS.checksum[0], 'latin1');
  return block;
}

/** Bytes that fill a file up to whole blocks. */
export function paddingOf(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Inverse of encodeHeader, for plain files of any writer. Throws MeshError invalid-argument. */
export function decodeHeader(block: Buffer): TarFile {
  if (checksumOf(block) !== readOctal(block, 'checksum')) {
    throw malformed('a header with a wrong checksum');
  }
  const type = block[TYPE_AT]!;
  if (type !== 0 && type !== PLAIN_FILE) {
    throw malformed(`an entry of type ${JSON.stringify(String.fromCharCode(type))}`);
  }
  const isPosix = textOf(block, 'magic').startsWith('ustar');
  if (isPosix && textOf(block, 'prefix') !== '') throw malformed('a file in a folder');
  return { name: textOf(block, 'name'), sizeBytes: readOctal(block, 'size') };
}

/** An archive that is none of ours. */
export function malformed(what: string): MeshError {
  return invalid(`failed to read snapshot: its archive has ${what}`);
}

/** Sum of all bytes, those of the sum itself as spaces. */
function checksumOf(block: Buffer): number {
  const [from, to] = FIELDS.checksum;
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at++) sum += at >= from && at < to ? 0x20 : block[at]!;
  return sum;
}

function writeOctal(block: Buffer, field: keyof typeof FIELDS, value: number): void {
  const [from, to] = FIELDS[field];
  block.write(value.toString(8).padStart(to - from - 1, '0'), from, 'latin1');
}

function readOctal(block: Buffer, field: keyof typeof FIELDS): number {
  const text = block
    .subarray(...FIELDS[field])
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]{1,12}$/.test(text)) throw malformed(`a header with a bad ${field}`);
  return Number.parseInt(text, 8);
}

/** A text up to its first zero byte. */
function textOf(block: Buffer, field: keyof typeof FIELDS): string {
  const bytes = block.subarray(...FIELDS[field]);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8');
}
