import { parentPort, workerData } from 'node:worker_threads';
import { LogWriter } from './log-writer.ts';
import type { WorkerAnswer, WorkerOrder } from './worker-messages.ts';

/**
 * The thread that writes the log: opens the file named by workerData, answers `opened` or `failed`,
 * then each order in turn.
 */
function main(): void {
  const port = parentPort;
  if (!port) throw new Error('the log writer runs as a worker thread');
  const answer = (message: WorkerAnswer) => port.postMessage(message);
  let writer: LogWriter;
  try {
    writer = new LogWriter((workerData as { file: string }).file);
  } catch (error) {
    answer({ kind: 'failed', error: describe(error) });
    port.close();
    return;
  }
  answer({ kind: 'opened' });
  port.on('message', (order: WorkerOrder) => {
    if (order.kind === 'close') {
      writer.close();
      answer({ kind: 'closed' });
      port.close();
      return;
    }
    try {
      writer.write(order.head, order.bytes);
      answer({ kind: 'written' });
    } catch (error) {
      answer({ kind: 'failed', error: describe(error) });
    }
    if (writer.wantsCheckpoint) checkpoint(writer);
  });
}

/** A checkpoint that fails (no space) loses nothing: the write-ahead log goes on growing. */
function checkpoint(writer: LogWriter): void {
  try {
    writer.checkpoint();
  } catch {
    // Tried again after the next batch of pages.
  }
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${message} (${code})` : String(message ?? error);
}

main();
