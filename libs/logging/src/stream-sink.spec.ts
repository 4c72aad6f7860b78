import { PassThrough, Writable } from 'node:stream';
import { ManualTimers } from '@mesh/testkit';
import { createStreamSink } from './stream-sink.ts';

const settle = () => new Promise(setImmediate);

/** A stream whose reader takes something only when told. */
class StalledStream extends Writable {
  readonly taken: string[] = [];
  private next: ((error?: Error) => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.taken.push(chunk.toString());
    this.next = done;
  }

  /** Takes what waits, as long as something does. */
  async drain(): Promise<void> {
    while (this.next) {
      const done = this.next;
      this.next = undefined;
      done();
      await settle();
    }
  }

  breakOff(): void {
    this.next?.(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  }
}

test('lines go through as they are', () => {
  const stream = new PassThrough({ encoding: 'utf8' });
  const sink = createStreamSink(stream, new ManualTimers());
  sink.write('a\nb\n');
  sink.write('c\n');
  expect(stream.read()).toBe('a\nb\nc\n');
});

test('a reader that stalls bounds what waits, and is told how much it missed', async () => {
  const stream = new StalledStream();
  const sink = createStreamSink(stream, new ManualTimers());
  const block = `${'x'.repeat(1024 * 1024 - 1)}\n`;
  for (let count = 0; count < 20; count++) sink.write(block);
  sink.write('one\ntwo\n');
  expect(stream.writableLength).toBeLessThanOrEqual(9 * 1024 * 1024);
  await stream.drain();
  sink.write('after\n');
  await stream.drain();
  expect(stream.taken.slice(9)).toEqual(['    (13 log lines dropped)\n', 'after\n']);
});

test('a reader that goes away ends nothing', async () => {
  const stream = new StalledStream();
  const sink = createStreamSink(stream, new ManualTimers());
  sink.write('a\n');
  const flushed = sink.flush();
  stream.breakOff();
  await flushed;
  sink.write('b\n');
  await sink.flush();
  expect(stream.taken).toEqual(['a\n']);
});

test('flush waits for the reader, but not for ever', async () => {
  const stream = new StalledStream();
  const timers = new ManualTimers();
  const sink = createStreamSink(stream, timers);
  await sink.flush();
  sink.write('a\n');
  let isOver = false;
  const done = () => {
    isOver = true;
  };
  const first = sink.flush().then(done);
  await settle();
  expect(isOver).toBe(false);
  await stream.drain();
  await first;
  expect(timers.pending).toBe(0);
  sink.write('b\n');
  const second = sink.flush();
  await timers.advance(1000);
  await second;
});
