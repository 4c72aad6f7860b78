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
    if (this.at >= this.length) return false;
    const tag = this.buffer[this.at]!;
    const head = HEAD_BYTES[tag]!;
    if (this.at + head > this.length) return false;
    const size = this.sizeOf(tag);
    if (isContainer(tag)) {
      if (this.open.length > MAX_DEPTH) throw malformed('values nested too deeply');
      this.at += head;
      this.open.push(isMap(tag) ? size * 2 : size);
      return true;
    }
    this.move(head + size);
    return true;
  }

  private move(bytes: number): void {
    this.at += bytes;
    if (this.at > MAX_STREAM_BYTES) throw malformed(`a stream of over ${MAX_STREAM_BYTES} bytes`);
  }

  /** Of a container the elements, of anything else the bytes behind its head. */
  private sizeOf(tag: number): number {
    if (tag >= 0x80 && tag <= 0x9f) return tag & 0x0f;
    if (tag >= 0xa0 && tag <= 0xbf) return tag & 0x1f;
    const fixed = FIXED_BYTES[tag];
    if (fixed !== undefined) return fixed;
    const view = new DataView(this.buffer.buffer, this.at + 1);
    switch (HEAD_BYTES[tag]) {
      case 2:
        return view.getUint8(0);
      case 3:
        return view.getUint16(0);
      case 5:
        return view.getUint32(0);
      default:
        return 0;
    }
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

function isMap(tag: number): boolean {
  return (tag >= 0x80 && tag <= 0x8f) || tag === 0xde || tag === 0xdf;
}

function isContainer(tag: number): boolean {
  return isMap(tag) || (tag >= 0x90 && tag <= 0x9f) || tag === 0xdc || tag === 0xdd;
}

/** Bytes of a tag with the length behind it. */
const HEAD_BYTES = Array.from({ length: 256 }, (_, tag) => {
  if (tag === 0xc4 || tag === 0xd9 || tag === 0xc7) return 2;
  if (tag === 0xc5 || tag === 0xda || tag === 0xdc || tag === 0xde || tag === 0xc8) return 3;
  if (tag === 0xc6 || tag === 0xdb || tag === 0xdd || tag === 0xdf || tag === 0xc9) return 5;
  return 1;
});

/** Bytes behind tags that say their own width. */
const FIXED_BYTES: Readonly<Record<number, number>> = {
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
  212: 2,
  213: 3,
  214: 5,
  215: 9,
  216: 17,
};
