import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '@mesh/cli-kit';

/** A path of a unix socket is at most 107 bytes; ids longer than this stand as their hash. */
const MAX_ID_BYTES = 40;

/** Where the running proxies of this user have their sockets. */
export function statusFolder(env: Io['env']): string {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  return runtime === ''
    ? join(tmpdir(), `mesh-proxy-${process.getuid?.() ?? 0}`)
    : join(runtime, 'mesh-proxy');
}

/** The socket of one proxy: ids are unique in one agent alone, so the process stands in its name too. */
export function statusPath(env: Io['env'], id: string, pid: number): string {
  const plain = encodeURIComponent(id);
  const name =
    plain.length <= MAX_ID_BYTES
      ? plain
      : createHash('sha256').update(id).digest('hex').slice(0, 40);
  return join(statusFolder(env), `${name}.${pid}.sock`);
}

/** Sockets of proxies that run, or ran. */
export function statusSockets(env: Io['env']): readonly string[] {
  const folder = statusFolder(env);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.sock'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
