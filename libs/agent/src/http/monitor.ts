import { invalid, LOG_LEVELS, type LogLevel } from '@mesh/base';
import type { QueryParameters, Reply } from '@mesh/resource';
import type { AgentHttpDeps } from './deps.ts';

/** Lines kept for a client that reads slowly; later ones are dropped and counted. */
const QUEUE_MAX_LINES = 512;

/** Log lines at ?loglevel and above, with ?logjson as JSON, until the client hangs up. */
export function monitorReply({ logHub }: AgentHttpDeps, query: QueryParameters): Reply {
  const level = levelOf(query.get('loglevel') ?? '');
  const json = query.has('logjson');
  return {
    kind: 'stream',
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    run: async (write, signal) => {
      let queue: string[] = [];
      let dropped = 0;
      let wake = () => {};
      const unsubscribe = logHub.subscribe({
        level,
        json,
        write: (line) => {
          if (queue.length < QUEUE_MAX_LINES) queue.push(line);
          else dropped++;
          wake();
        },
      });
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        while (!signal.aborted) {
          if (queue.length === 0) {
            await new Promise<void>((resolve) => {
              wake = resolve;
              if (signal.aborted || queue.length > 0) resolve();
            });
            continue;
          }
          const lines = queue;
          queue = [];
          if (dropped > 0 && !json) lines.push(`[WARN] ${dropped} log lines dropped`);
          dropped = 0;
          await write(`${lines.join('\n')}\n`);
        }
      } finally {
        unsubscribe();
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

function levelOf(text: string): LogLevel {
  if (text === '') return 'INFO';
  const upper = text.toUpperCase();
  const level = upper === 'ERR' ? 'ERROR' : LOG_LEVELS.find((each) => each === upper);
  if (level) return level;
  const accepted = LOG_LEVELS.map((each) => each.toLowerCase()).join(', ');
  throw invalid(`Unknown log level: ${text.slice(0, 64)}, accepted are ${accepted}`);
}
