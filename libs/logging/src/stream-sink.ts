import type { Writable } from 'node:stream';
import type { Timers } from '@mesh/base';

/** Text that may wait for a slow reader; what comes beyond it is dropped and counted, bytes. */
const WAITING_MAX_BYTES = 8 * 1024 * 1024;
/** How long the end of the process waits for a reader, milliseconds. */
const FLUSH_MAX_MS = 1000;

/** A main sink of a hub; give its functions to `createLogHub`. */
export interface StreamSink {
  /** Writes whole lines. Never blocks, never throws. */
  write(text: string): void;
  /** Resolves when all has gone out, the reader is gone, or it takes too long. */
  flush(): Promise<void>;
}

/**
 * Lines to a stream that somebody else reads: standard output. A reader that stalls costs a bounded
 * amount of memory, one that goes away (EPIPE) only the lines: an agent does not end with its terminal.
 */
export function createStreamSink(stream: Writable, timers: Timers): StreamSink {
  let gone = false;
  let dropped = 0;
  stream.on('error', () => {
    gone = true;
  });
  return {
    write: (text) => {
      if (gone) return;
      if (stream.writableLength > WAITING_MAX_BYTES) {
        dropped += text.split('\n').length - 1;
        return;
      }
      if (dropped > 0) stream.write(`    (${dropped} log lines dropped)\n`);
      dropped = 0;
      stream.write(text);
    },
    flush: () =>
      new Promise((resolve) => {
        if (gone || stream.writableLength === 0) return resolve();
        const timer = timers.after(FLUSH_MAX_MS, resolve);
        const finish = () => {
          timer.cancel();
          resolve();
        };
        stream.once('error', finish);
        stream.write('', finish);
      }),
  };
}
