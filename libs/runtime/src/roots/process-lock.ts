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
  const { started } = statOf(process.pid);
  const own = JSON.stringify({ pid: process.pid, started });
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
  const now = statOf(pid);
  return now.started === started && !GONE.includes(now.state);
}

/** States of a process that has ended, and whose parent has not asked for its end yet. */
const GONE: readonly string[] = ['Z', 'X'];

/** State of a process, and when it started, in ticks since the boot; '' where the system does not tell. */
function statOf(pid: number): { readonly state: string; readonly started: string } {
  const text = readText(`/proc/${pid}/stat`);
  // The name in brackets may hold anything; behind it state is the 3rd field, the start the 22nd.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields?.[0] ?? '', started: fields?.[19] ?? '' };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
