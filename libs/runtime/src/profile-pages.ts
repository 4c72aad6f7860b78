import { Session } from 'node:inspector/promises';
import { invalid } from '@mesh/base';
import type { Page } from '@mesh/proxy';

/** Longest profile, seconds. */
const MAX_S = 300;

/**
 * Profiles of this process: /debug/pprof/profile?seconds=N is a CPU profile as V8 writes it (.cpuprofile),
 * /debug/pprof/heap the sizes and counts of the heap. Undefined for other paths.
 */
export function profilePages(path: string, query: URLSearchParams): Promise<Page> | undefined {
  if (path === '/debug/pprof/profile') return cpuProfile(Number(query.get('seconds') ?? 30));
  if (path !== '/debug/pprof/heap') return undefined;
  const body = `${JSON.stringify(process.memoryUsage(), null, 2)}\n`;
  return Promise.resolve({ type: 'application/json', body });
}

async function cpuProfile(seconds: number): Promise<Page> {
  if (!(seconds > 0 && seconds <= MAX_S)) throw invalid(`seconds: 1 to ${MAX_S} is accepted`);
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
    const { profile } = await session.post('Profiler.stop');
    return { type: 'application/json', body: JSON.stringify(profile) };
  } finally {
    session.disconnect();
  }
}
