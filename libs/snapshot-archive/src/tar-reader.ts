import { invalid } from '@mesh/base';
import { BLOCK_BYTES, decodeHeader, malformed, paddingOf } from './tar-header.ts';

/** What a tar archive is made of, piece by piece. */
export type TarPiece =
  | { readonly kind: 'file'; readonly name: string; readonly sizeBytes: number }
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'file-end' };

/**
 * Reads a tar archive of plain files and nothing else: no folders, links or extension headers, whose
 * length a general reader has to believe and to hold in memory. Holds a block at most.
 */
export class TarReader {
  /** Beginning of a header that is not whole yet. */
  private partial: Buffer = Buffer.alloc(0);
  private dataLeft = 0;
  private paddingLeft = 0;
  private isInFile = false;
  private zeroBlocks = 0;

  /** All files are read; nothing but zero bytes may follow. */
  get hasEnded(): boolean {
    return this.zeroBlocks >= 2;
  }

  /** The pieces in the next bytes. Throws MeshError invalid-argument. */
  *push(chunk: Buffer): Generator<TarPiece> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.hasEnded) {
        requireZeros(rest);
        return;
      }
      if (this.dataLeft > 0) {
        const bytes = rest.subarray(0, this.dataLeft);
        this.dataLeft -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { kind: 'data', bytes };
      } else if (this.paddingLeft > 0) {
        const skipped = Math.min(this.paddingLeft, rest.length);
        this.paddingLeft -= skipped;
        rest = rest.subarray(skipped);
      } else {
        rest = this.gather(rest);
        if (this.partial.length === BLOCK_BYTES) yield* this.header();
      }
      if (this.isInFile && this.dataLeft === 0) {
        this.isInFile = false;
        yield { kind: 'file-end' };
      }
    }
  }

  /** Throws MeshError when the bytes ended in the middle of the archive. */
  end(): void {
    if (!this.hasEnded) throw invalid('failed to read snapshot: unexpected EOF');
  }

  /** Adds to the block that is being gathered; returns what is behind it. */
  private gather(bytes: Buffer): Buffer {
    const taken = bytes.subarray(0, BLOCK_BYTES - this.partial.length);
    this.partial = this.partial.length === 0 ? taken : Buffer.concat([this.partial, taken]);
    return bytes.subarray(taken.length);
  }

  private *header(): Generator<TarPiece> {
    const block = this.partial;
    this.partial = Buffer.alloc(0);
    if (block.every((byte) => byte === 0)) {
      this.zeroBlocks++;
      return;
    }
    if (this.zeroBlocks > 0) throw malformed('a file behind its end');
    const { name, sizeBytes } = decodeHeader(block);
    this.dataLeft = sizeBytes;
    this.paddingLeft = paddingOf(sizeBytes);
    this.isInFile = true;
    yield { kind: 'file', name, sizeBytes };
  }
}

function requireZeros(bytes: Buffer): void {
  if (bytes.some((byte) => byte !== 0)) throw malformed('bytes behind its end');
}
