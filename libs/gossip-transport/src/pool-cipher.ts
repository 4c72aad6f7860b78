import { MeshError } from '@mesh/base';
import { ENCRYPTION_OVERHEAD_BYTES, seal, sealedBytes, unseal } from './aes-gcm.ts';
import type { Keyring } from './keyring.ts';

/** First byte of an encrypted stream; datagrams have none. */
export const ENCRYPTED_STREAM = 10;

/** Type and length in front of an encrypted stream; authenticated with it. */
export const FRAME_HEADER_BYTES = 5;

export interface CipherOptions {
  /** @default no encryption */
  readonly keyring?: Keyring | undefined;
  /** Whether what is not encrypted is refused. Off while a pool changes to encryption. */
  readonly verifyIncoming: boolean;
  /** Whether what we send is encrypted. */
  readonly verifyOutgoing: boolean;
}

/** What a pool's keyring and its two switches mean for datagrams and streams (gossip-wire.md 1.6). */
export class PoolCipher {
  private readonly keyring: Keyring | undefined;
  private readonly verifyIncoming: boolean;
  private readonly verifyOutgoing: boolean;

  constructor({ keyring, verifyIncoming, verifyOutgoing }: CipherOptions) {
    this.keyring = keyring;
    this.verifyIncoming = verifyIncoming;
    this.verifyOutgoing = verifyOutgoing;
  }

  get overheadBytes(): number {
    return this.keyring && this.verifyOutgoing ? ENCRYPTION_OVERHEAD_BYTES : 0;
  }

  sealPacket(plain: Uint8Array): Uint8Array {
    const { keyring } = this;
    return keyring && this.verifyOutgoing ? seal(keyring.primary, plain) : plain;
  }

  /** Throws MeshError where no key fits and plaintext is refused. */
  openPacket(bytes: Uint8Array): Uint8Array {
    if (!this.keyring) return bytes;
    try {
      return unseal(this.keyring.cipherKeys, bytes);
    } catch (thrown) {
      if (this.verifyIncoming) throw thrown;
      return bytes;
    }
  }

  sealStream(plain: Uint8Array): Uint8Array {
    const { keyring } = this;
    if (!keyring || !this.verifyOutgoing) return plain;
    const header = frameHeader(sealedBytes(plain.length, 1));
    const sealed = seal(keyring.primary, plain, { additional: header });
    const frame = new Uint8Array(header.length + sealed.length);
    frame.set(header);
    frame.set(sealed, header.length);
    return frame;
  }

  /** Throws MeshError, in the words that peers know, where a stream with this first byte is refused. */
  admitStream(firstByte: number): void {
    const encrypted = firstByte === ENCRYPTED_STREAM;
    if (encrypted && !this.keyring) {
      throw refused('Remote state is encrypted and encryption is not configured');
    }
    if (!encrypted && this.keyring && this.verifyIncoming) {
      throw refused('Encryption is configured but remote state is not encrypted');
    }
  }

  /** The plaintext of a whole frame, header included. Throws MeshError where no key fits. */
  openStream(frame: Uint8Array): Uint8Array {
    const header = frame.subarray(0, FRAME_HEADER_BYTES);
    return unseal(this.keyring?.cipherKeys ?? [], frame.subarray(FRAME_HEADER_BYTES), header);
  }
}

function frameHeader(bodyBytes: number): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  header[0] = ENCRYPTED_STREAM;
  new DataView(header.buffer).setUint32(1, bodyBytes);
  return header;
}

function refused(message: string): MeshError {
  return new MeshError('invalid-argument', message);
}
