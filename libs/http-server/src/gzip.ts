import { promisify } from 'node:util';
import { crc32, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Below this a body fits one packet anyway: it is wrapped, not compressed. */
const MIN_COMPRESSED_BYTES = 1024;
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** True when an Accept-Encoding header takes gzip (RFC 9110 section 12.5.3). */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined || header === '') return false;
  for (const part of header.split(',')) {
    const [coding = '', ...parameters] = part.split(';');
    const name = coding.trim().toLowerCase();
    if (name !== 'gzip' && name !== '*' && name !== 'x-gzip') continue;
    const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/i.exec(text)).find(Boolean);
    return !quality || Number(quality[1]) > 0;
  }
  return false;
}

/** Body in gzip form (RFC 1952). Large ones are compressed off the event loop. */
export function gzipBody(body: Buffer): Buffer | Promise<Buffer> {
  return body.length < MIN_COMPRESSED_BYTES ? wrap(body) : compress(body, { level: 3 });
}

/** One stored block: valid gzip that costs a checksum. */
function wrap(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(HEADER.length + 5 + body.length + 8);
  HEADER.copy(out, 0);
  let at = HEADER.length;
  out[at++] = 1;
  at = out.writeUInt16LE(body.length, at);
  at = out.writeUInt16LE(~body.length & 0xffff, at);
  at += body.copy(out, at);
  at = out.writeUInt32LE(crc32(body), at);
  out.writeUInt32LE(body.length, at);
  return out;
}
