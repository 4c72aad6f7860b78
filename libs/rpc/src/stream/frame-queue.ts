import { MAX_FRAME_ITEMS, TARGET_FRAME_BYTES } from './protocol.ts';

/** Where frames go. */
export interface FrameWriter {
  readonly canWrite: boolean;
  write(frame: Buffer): void;
}

/** Something encoded that waits for its frame. */
export interface FrameItem {
  readonly bytes: Buffer;
  /** True: leave it out. */
  readonly withdrawn?: boolean;
  /** Called when it goes into a frame. */
  taken?(): void;
}

/** Slots of sent items at the front that are kept before the rest moves up. */
const MAX_SPENT_SLOTS = 1024;

/**
 * Encoded items on their way to a stream. Those of one turn of the event loop become one frame:
 * a frame costs far more than an item.
 */
export class FrameQueue {
  private readonly writer: FrameWriter;
  private items: FrameItem[] = [];
  private head = 0;
  private bytes = 0;
  private scheduled = false;

  constructor(writer: FrameWriter) {
    this.writer = writer;
  }

  /** Items that wait, withdrawn ones included. */
  get length(): number {
    return this.items.length - this.head;
  }

  /** Bytes that wait. */
  get waitingBytes(): number {
    return this.bytes;
  }

  add(item: FrameItem): void {
    this.items.push(item);
    this.bytes += item.bytes.length;
    if (this.scheduled || !this.writer.canWrite) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** Writes what the stream takes now; call it when the stream takes more again. */
  flush(): void {
    while (this.length > 0 && this.writer.canWrite) {
      const frame = this.nextFrame();
      if (frame) this.writer.write(frame);
    }
    if (this.length === 0) this.clear();
    else if (this.head > MAX_SPENT_SLOTS) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
  }

  /** Forgets what waits. */
  clear(): void {
    this.items = [];
    this.head = 0;
    this.bytes = 0;
  }

  private nextFrame(): Buffer | undefined {
    const parts: Buffer[] = [];
    let frameBytes = 0;
    for (let item = this.items[this.head]; item; item = this.items[this.head]) {
      const { bytes } = item;
      if (!item.withdrawn) {
        if (parts.length > 0 && frameBytes + bytes.length > TARGET_FRAME_BYTES) break;
        if (parts.length >= MAX_FRAME_ITEMS) break;
        parts.push(bytes);
        frameBytes += bytes.length;
        item.taken?.();
      }
      this.head += 1;
      this.bytes -= bytes.length;
    }
    return parts.length > 1 ? Buffer.concat(parts, frameBytes) : parts[0];
  }
}
