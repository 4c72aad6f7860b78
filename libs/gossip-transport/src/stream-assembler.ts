import { MeshError } from '@mesh/base';
import { StreamScanner } from '@mesh/gossip';
import { MAX_SEALED_STREAM_BYTES } from './limits.ts';
import { ENCRYPTED_STREAM, FRAME_HEADER_BYTES, type PoolCipher } from './pool-cipher.ts';

/** A whole message as it came; `open` does the work that is left. */
export interface Assembled {
  /** The plaintext, perhaps compressed. Throws MeshError where no key fits. */
  open(): Uint8Array;
}

/**
 * Puts a message together from the pieces in which a connection delivers it. Holds what has come and no more,
 * whatever lengths are claimed.
 */
export class StreamAssembler {
  private readonly cipher: PoolCipher;
  private scanner: StreamScanner | undefined;
  /** Of an encrypted frame, as far as it has come; doubled as needed. */
  private frame = new Uint8Array(0);
  private length = 0;
  /** Of the whole frame, header included; known once the header is there. */
  private frameBytes: number | undefined;
  /** First byte of the connection; undefined before there is one. */
  firstByte: number | undefined;

  constructor(cipher: PoolCipher) {
    this.cipher = cipher;
  }

  /** Takes the next piece; gives the message once. Throws MeshError when it is refused or cannot be one. */
  push(piece: Uint8Array): Assembled | undefined {
    if (piece.length === 0) return undefined;
    if (this.firstByte === undefined) {
      this.firstByte = piece[0]!;
      this.cipher.admitStream(this.firstByte);
      if (this.firstByte !== ENCRYPTED_STREAM) this.scanner = new StreamScanner();
    }
    if (!this.scanner) return this.pushSealed(piece);
    const plain = this.scanner.push(piece);
    return plain && { open: () => plain };
  }

  private pushSealed(piece: Uint8Array): Assembled | undefined {
    this.append(piece);
    this.frameBytes ??= this.readHeader();
    if (this.frameBytes === undefined || this.length < this.frameBytes) return undefined;
    const frame = this.frame.subarray(0, this.frameBytes);
    return { open: () => this.cipher.openStream(frame) };
  }

  private readHeader(): number | undefined {
    if (this.length < FRAME_HEADER_BYTES) return undefined;
    const bodyBytes = new DataView(this.frame.buffer).getUint32(1);
    if (bodyBytes > MAX_SEALED_STREAM_BYTES) {
      throw new MeshError(
        'invalid-argument',
        `Remote node state is larger than limit (${bodyBytes})`,
      );
    }
    return FRAME_HEADER_BYTES + bodyBytes;
  }

  private append(piece: Uint8Array): void {
    const wanted = this.length + piece.length;
    if (wanted > this.frame.length) {
      const grown = new Uint8Array(Math.max(wanted, this.frame.length * 2));
      grown.set(this.frame.subarray(0, this.length));
      this.frame = grown;
    }
    this.frame.set(piece, this.length);
    this.length = wanted;
  }
}
