import { malformed } from './malformed.ts';
import { MESSAGE_TYPE } from './message-type.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { readPushPullHeader } from './push-pull.ts';
import { MAX_STREAM_BYTES, readUserHeader } from './stream.ts';

/** Containers within containers. */
const MAX_DEPTH = 16;
const FIRST_BUFFER_BYTES = 4096;

/**
 * Finds the end of a plaintext message in a stream that has no lengths of its own. Looks at each byte once,
 * whatever the pieces in which they come, and holds no more than what has come.
 */
export class StreamScanner {
  private buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  private length = 0;
  /** Next byte to look at: behind the type byte at first. May lie ahead of what has come. */
  private at = 1;
  /** Elements left in each container that is open; the outermost is the value itself. */
  private open: number[] = [];
  private isWithinValue = false;
  /** Values left in the message; the first is its header. */
  private values = 1;
  private isHeader = true;
  /** Bytes behind the values. */
  private tailBytes = 0;

  /**
   * Takes the next piece. Returns the whole message once it is there; what comes behind it is ignored.
   * Throws MeshError `invalid-argument` when it is none, or too long.
   */
  push(chunk: Uint8Array): Uint8Array | undefined {
    this.append(chunk);
    if (this.length === 0) return undefined;
    const type = this.buffer[0]!;
    if (!SCANNED.has(type)) throw malformed(`the stream type ${type}`);
    while (this.values > 0) {
      if (!this.scanValue()) return undefined;
      this.values--;
      if (this.isHeader) this.takeHeader(type);
      if (this.values === 0) this.move(this.tailBytes);
    }
    return this.at <= this.length ? this.buffer.subarray(0, this.at) : undefined;
  }

  private takeHeader(type: number): void {
    this.isHeader = false;
    const reader = new MsgpackReader(this.buffer.subarray(0, this.at), 1);
    if (type === MESSAGE_TYPE.pushPull) {
      const { nodes, userStateBytes } = readPushPullHeader(reader);
      this.values = nodes;
      this.tailBytes = userStateBytes;
    } else if (type === MESSAGE_TYPE.user) {
      this.tailBytes = readUserHeader(reader);
    }
  }

  /** Passes over one value of the message; false when more must come first. */
  private scanValue(): boolean {
    if (!this.isWithinValue) {
      this.isWithinValue = true;
      this.open = [1];
    }
    while (this.open.length > 0) {
      const top = this.open.length - 1;
      if (this.open[top] === 0) this.open.pop();
      else if (this.scanToken()) this.open[top]!--;
      else return false;
    }
    if (this.at > this.length) return false;
    this.isWithinValue = false;
    return true;
  }

  /** Passes over a scalar or the head of a container; false when its head is not there yet. */
  private scanToken(): boolean {
    const { at, buffer } = this;
    if (at >= this.length) return false;
    const tag = buffer[at]!;
    const head = HEAD_BYTES[tag]!;
    if (at + head > this.length) return false;
    let size = OWN_SIZE[tag]!;
    for (let byte = 1; byte < head; byte++) size = size * 256 + buffer[at + byte]!;
    const valuesEach = VALUES_EACH[tag]!;
    if (valuesEach === 0) {
      this.move(head + size);
    } else {
      if (this.open.length > MAX_DEPTH) throw malformed('values nested too deeply');
      this.at += head;
      this.open.push(size * valuesEach);
    }
    return true;
  }

  private move(bytes: number): void {
    this.at += bytes;
    if (this.at > MAX_STREAM_BYTES) throw malformed(`a stream of over ${MAX_STREAM_BYTES} bytes`);
  }

  private append(chunk: Uint8Array): void {
    const wanted = this.length + chunk.length;
    if (wanted > MAX_STREAM_BYTES) throw malformed(`a stream of over ${MAX_STREAM_BYTES} bytes`);
    if (wanted > this.buffer.length) {
      const grown = new Uint8Array(Math.max(wanted, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    this.buffer.set(chunk, this.length);
    this.length = wanted;
  }
}

/** Message types that come on streams; compressed ones are a single value. */
const SCANNED: ReadonlySet<number> = new Set([
  MESSAGE_TYPE.ping,
  MESSAGE_TYPE.ack,
  MESSAGE_TYPE.pushPull,
  MESSAGE_TYPE.user,
  MESSAGE_TYPE.compress,
  MESSAGE_TYPE.error,
]);

function perTag(of: (tag: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, tag) => of(tag));
}

/** Bytes of a tag with the length behind it. */
const HEAD_BYTES = perTag((tag) => {
  if (tag === 0xc4 || tag === 0xd9 || tag === 0xc7) return 2;
  if (tag === 0xc5 || tag === 0xda || tag === 0xdc || tag === 0xde || tag === 0xc8) return 3;
  if (tag === 0xc6 || tag === 0xdb || tag === 0xdd || tag === 0xdf || tag === 0xc9) return 5;
  return 1;
});

/** The size that a tag says itself: elements, or bytes behind its head. */
const OWN_SIZE = perTag((tag) => {
  if (tag >= 0x80 && tag <= 0x9f) return tag & 0x0f;
  if (tag >= 0xa0 && tag <= 0xbf) return tag & 0x1f;
  if (tag >= 0xca && tag <= 0xd3) return [4, 8, 1, 2, 4, 8, 1, 2, 4, 8][tag - 0xca]!;
  if (tag >= 0xd4 && tag <= 0xd8) return 1 + (1 << (tag - 0xd4));
  return 0;
});

/** Values of each element of a container: two of a map; 0 is what is no container. */
const VALUES_EACH = perTag((tag) => {
  if ((tag >= 0x80 && tag <= 0x8f) || tag === 0xde || tag === 0xdf) return 2;
  return (tag >= 0x90 && tag <= 0x9f) || tag === 0xdc || tag === 0xdd ? 1 : 0;
});
