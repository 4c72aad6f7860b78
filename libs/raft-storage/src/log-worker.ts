// The thread that owns a server's log file. It runs from a file of its own: see worker-thread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { LogFile, type LogFileOptions } from './log-file.ts';
import { unpackWrite } from './packed-write.ts';
import type { FromWorker, ToWorker } from './worker-thread.ts';

const port = parentPort!;
const tell = (message: FromWorker) => port.postMessage(message);
const file = new LogFile(workerData as LogFileOptions, (warning) => tell({ warning }));

port.on('message', (message: ToWorker) => {
  try {
    if (message === 'open') {
      tell({ opened: file.open() });
    } else if (message === 'close') {
      file.close();
      tell(null);
      port.close();
    } else {
      file.write(unpackWrite(message));
      tell(null);
    }
  } catch (error) {
    tell({ failed: (error as Error).message });
    return;
  }
  if (typeof message !== 'string') file.afterWrite();
});
