import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A packet or stream captured from the original, encrypted; all hexadecimal but the key, which is base64. */
export interface Captured {
  readonly name: string;
  readonly key: string;
  /** What is authenticated along. */
  readonly aad: string;
  readonly plain: string;
  readonly sealed: string;
  /** In front of `sealed`: of streams type and length; missing where a label is used, which we do not speak. */
  readonly header?: string;
}

/** 95 of them, of both encryption versions. */
export const CAPTURED: readonly Captured[] = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'testdata', 'encrypted.json'), 'utf8'),
);

/** Bytes of hexadecimal text. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
