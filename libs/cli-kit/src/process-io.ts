import { fstatSync, readSync, writeSync } from 'node:fs';
import type { Io } from './io.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const READ_BYTES = 64 * 1024;
/** Exit code of a program that SIGPIPE ended: 128 + 13. */
const BROKEN_PIPE = 141;

/**
 * The process's own streams, written synchronously, so that the process can exit at once without losing
 * output, and without loading Node's stream modules.
 */
export const processIo: Io = {
  out: (data) => writeAll(STDOUT, typeof data === 'string' ? Buffer.from(data) : data),
  err: (text) => writeAll(STDERR, Buffer.from(colour(text))),
  readStdin: () => readAll(),
  env: process.env,
  onSignal(signals, listener) {
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
};

function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') pause(2);
      else if (code === 'EPIPE') process.exit(BROKEN_PIPE);
      else throw error;
    }
  }
}

/** A pipe that its owner made non-blocking is full: let the reader work. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

async function readAll(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(READ_BYTES);
    let count: number;
    try {
      count = readSync(STDIN, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      pause(5);
      continue;
    }
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
  }
  return Buffer.concat(chunks);
}

/** Red for a person at a terminal; plain for everybody else (and where NO_COLOR is set). */
function colour(text: string): string {
  if (process.env['NO_COLOR'] || process.env['TERM'] === 'dumb' || !isTerminal(STDERR)) return text;
  return text.replace(/[^\n]+/g, '\u001b[31m$&\u001b[0m');
}

function isTerminal(fd: number): boolean {
  try {
    // Asking the stream itself would make a pipe non-blocking.
    return fstatSync(fd).isCharacterDevice() && process.stderr.isTTY === true;
  } catch {
    return false;
  }
}
