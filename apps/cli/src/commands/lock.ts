import { posix } from 'node:path';
import {
  boolFlag,
  CommandError,
  durationFlag,
  EXIT,
  type Io,
  intFlag,
  textFlag,
} from '@mesh/cli-kit';
import { type Held, type Lock, LockError, type Semaphore } from '@mesh/kv-client';
import { defineApiCommand } from '../api-command.ts';
import { Child } from '../child.ts';
import { attempt } from '../command.ts';
import { openKvClient } from '../lock-client.ts';

/** How long a child may take to end by itself before it is killed. */
const GRACE_MS = 5000;
const LOCK_KEY = '.lock';

export const command = defineApiCommand({
  usage: 'consul lock [options] prefix child...',
  about: `Waits for a lock below a prefix of the key-value store, runs a program while it
is held, and gives it back. When the lock is lost, because the session ended or
somebody took it away, the program gets SIGTERM, and SIGKILL ${GRACE_MS / 1000} seconds later.

    $ consul lock service/backup ./backup.sh
    $ consul lock -n=3 -child-exit-code service/import ./import.sh`,
  connection: 'server',
  flags: {
    'child-exit-code': boolFlag('Exit with 2 when the program fails; without it, with 0.'),
    'monitor-retry': intFlag(
      'How often a failure to ask for the lock is borne, a second apart, while it is held.',
      3,
    ),
    n: intFlag('How many may hold it at once; all users must say the same.', 1),
    name: textFlag('Name of the session.'),
    'pass-stdin': boolFlag('Give stdin to the program.'),
    shell: boolFlag('Run the program with a shell.', true),
    timeout: durationFlag('Same as -try.'),
    try: durationFlag('Give up when the lock cannot be had within this time.'),
    verbose: boolFlag('Tell each step.'),
  },
  async run({ flags, args, io, print, complain, api }) {
    if (args.length < 2) throw new CommandError('Key prefix and child command must be specified');
    if (flags.n < 1) throw new CommandError('Lock holder limit must be positive');
    if (flags.try < 0 || flags.timeout < 0) throw new CommandError('Timeout must be positive');
    const agent = api();
    await attempt('Error querying Consul agent', agent.get('/v1/agent/self'));
    const tell = (line: string) => {
      if (flags.verbose) print(line);
    };
    const prefix = args[0]!.replace(/^\/+/, '');
    const words = args.slice(1);
    const options = {
      name: flags.name || `Consul lock for '${words.join(' ')}' at '${prefix}'`,
      monitorRetries: flags['monitor-retry'],
    };
    const client = openKvClient(agent);
    const key = posix.join(prefix, LOCK_KEY);
    tell(
      flags.n === 1
        ? `Setting up lock at path: ${key}`
        : `Setting up semaphore (limit ${flags.n}) at prefix: ${prefix}`,
    );
    const lock =
      flags.n === 1 ? client.lock(key, options) : client.semaphore(prefix, flags.n, options);
    const shutdown = new Shutdown(io);
    tell('Attempting lock acquisition');
    const held = await acquire(lock, flags.try || flags.timeout, shutdown.signal);
    tell('Starting handler');
    const stdin = flags['pass-stdin'] ? 'inherit' : 'none';
    const env = { ...io.env, CONSUL_LOCK_HELD: 'true' };
    const outcome = await runChild({ words, shell: flags.shell, env, stdin }, held, shutdown, io, {
      tell,
      complain,
    });
    await attempt('Lock release failed', held.release());
    await cleanUp(lock, tell);
    if (outcome === 'lock lost') return EXIT.failure;
    return outcome === 'failed' && flags['child-exit-code'] ? EXIT.noMatch : EXIT.ok;
  },
});

/** SIGINT and SIGTERM as a signal to abort by. */
class Shutdown {
  readonly #abort = new AbortController();
  /** The operating system's name of what came. */
  received = '';

  constructor(io: Io) {
    io.onSignal(['SIGINT', 'SIGTERM'], (name) => {
      this.received = name;
      this.#abort.abort();
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }
}

async function acquire(
  lock: Lock | Semaphore,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Held> {
  let held: Held | undefined;
  try {
    held = await lock.acquire({ signal, ...(timeoutMs > 0 ? { timeoutMs } : {}) });
  } catch (error) {
    if (!signal.aborted) {
      throw new CommandError(`Lock acquisition failed: ${(error as Error).message}`);
    }
  }
  if (held) return held;
  throw new CommandError('Shutdown triggered or timeout during lock acquisition');
}

type Outcome = 'done' | 'failed' | 'lock lost';

async function runChild(
  options: ConstructorParameters<typeof Child>[0],
  held: Held,
  shutdown: Shutdown,
  io: Io,
  say: { tell(line: string): void; complain(line: string): void },
): Promise<Outcome> {
  const child = new Child(options, io);
  let killing: NodeJS.Timeout | undefined;
  const end = (signal: string) => {
    say.tell(`Terminating child pid ${child.pid}`);
    child.signal(signal);
    killing ??= setTimeout(() => {
      say.complain(`Child did not exit after grace period of ${GRACE_MS / 1000}s, killing`);
      child.signal('SIGKILL');
    }, GRACE_MS);
  };
  const onLost = () => {
    say.complain(`Lock lost, killing child: ${(held.lost.reason as Error).message}`);
    end('SIGTERM');
  };
  const onShutdown = () => {
    say.tell('Shutdown triggered, killing child');
    end(shutdown.received);
  };
  if (held.lost.aborted) onLost();
  else held.lost.addEventListener('abort', onLost, { once: true });
  if (shutdown.signal.aborted) onShutdown();
  else shutdown.signal.addEventListener('abort', onShutdown, { once: true });
  try {
    const { success, text } = await child.ended;
    if (!success) say.complain(`Error running handler: ${text}`);
    if (held.lost.aborted) return 'lock lost';
    say.tell('Child terminated, releasing lock');
    return success ? 'done' : 'failed';
  } catch (error) {
    say.complain(`Error starting handler: ${(error as Error).message}`);
    return 'failed';
  } finally {
    clearTimeout(killing);
    held.lost.removeEventListener('abort', onLost);
  }
}

/** Removes what the lock left in the store, if nobody else uses it. */
async function cleanUp(lock: Lock | Semaphore, tell: (line: string) => void): Promise<void> {
  try {
    await lock.destroy();
    tell('Cleanup succeeded');
  } catch (error) {
    if (!(error instanceof LockError) || error.code !== 'in-use') {
      throw new CommandError(`Lock cleanup failed: ${(error as Error).message}`);
    }
    tell('Cleanup aborted, lock in use');
  }
}
