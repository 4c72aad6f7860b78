import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Who holds a lock: a process, told from a later one with the same number by when it started. */
interface Holder {
  readonly pid: number;
  readonly started: string;
}

/**
 * Locks a file for this process, without a database: a file that names its holder. What a dead process
 * left behind is taken over. Throws an Error that names the holder while it lives.
 */
export function lockByProcess(path: string): { release(): void } {
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    for (let tries = 0; ; tries++) {
      if (taken(draft, path)) break;
      const holder = readHolder(path);
      if (holder && isAlive(holder)) throw new Error(`it is in use by process ${holder.pid}`);
      if (tries === 3) throw new Error('its lock is taken by others again and again');
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readText(path) === own) rmSync(path, { force: true });
    },
  };
}

/** A link is made as a whole or not at all. */
function taken(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(readText(path) ?? '') as Partial<Holder>;
    if (!Number.isInteger(pid) || typeof started !== 'string') return undefined;
    return { pid: pid!, started };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

/** When a process started, in ticks since the boot; '' where the system does not tell. */
function startOf(pid: number): string {
  const text = readText(`/proc/${pid}/stat`);
  // The name in brackets may hold anything; the start is the 22nd field.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
