/**
 * SHA-256 (FIPS 180-4), for contents and secrets of some hundred bytes. Pure: the state machine may use it.
 */
import { base64Encode, utf8Bytes } from '@mesh/base';

/** First 32 bits of the fractional parts of the roots of primes: cube roots for K, square roots for H. */
const K: number[] = [];
const H: number[] = [];
for (let candidate = 2; K.length < 64; candidate++) {
  if (!isPrime(candidate)) continue;
  if (H.length < 8) H.push(fraction(Math.sqrt(candidate)));
  K.push(fraction(Math.cbrt(candidate)));
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
    if (candidate % divisor === 0) return false;
  }
  return true;
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

/** Digest of a text, base64. */
export function sha256(text: string): string {
  const bytes = utf8Bytes(text);
  const padded = new Uint8Array((((bytes.length + 8) >> 6) << 6) + 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const state = [...H];
  const words = new Int32Array(64);
  for (let at = 0; at < padded.length; at += 64) block(view, at, words, state);
  const out = new Uint8Array(32);
  const outView = new DataView(out.buffer);
  for (const [nth, word] of state.entries()) outView.setInt32(nth * 4, word);
  return base64Encode(out);
}

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

function block(view: DataView, at: number, words: Int32Array, state: number[]): void {
  for (let t = 0; t < 16; t++) words[t] = view.getInt32(at + t * 4);
  for (let t = 16; t < 64; t++) {
    const [near, far] = [words[t - 15]!, words[t - 2]!];
    const small = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3);
    const large = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10);
    words[t] = (words[t - 16]! + small + words[t - 7]! + large) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g);
    const one =
      (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + K[t]! + words[t]!) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, nth) => {
    state[nth] = (state[nth]! + word) | 0;
  });
}
