import { type ChildProcess, spawn } from 'node:child_process';
import type { Io } from '@mesh/cli-kit';

export interface ChildOptions {
  /** Words of the command line; with `shell` they are joined and given to the user's shell. */
  readonly words: readonly string[];
  readonly shell: boolean;
  readonly env: Io['env'];
  /** Bytes for its stdin, or this process's own stdin, or none. */
  readonly stdin: Uint8Array | 'inherit' | 'none';
}

/** How a child ended. */
export interface ChildEnd {
  readonly success: boolean;
  /** `exit status 7`, `signal: SIGKILL` */
  readonly text: string;
}

/** Signals that pass through to a child; those that end this process are the caller's matter. */
const FORWARDED = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];

/** A running child in a process group of its own, so that its own children get its signals too. */
export class Child {
  /** Resolves when it has ended. Rejects when it cannot be started. */
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;
  #alive = true;

  constructor(options: ChildOptions, io: Io) {
    const { words, shell, stdin } = options;
    const [file, args] = shell
      ? [options.env['SHELL'] || '/bin/sh', ['-c', words.join(' ')]]
      : [words[0]!, words.slice(1)];
    const input = stdin === 'inherit' ? 'inherit' : stdin === 'none' ? 'ignore' : 'pipe';
    this.#process = spawn(file, args, {
      env: options.env,
      stdio: [input, 'inherit', 'inherit'],
      detached: true,
    });
    const stopForwarding = io.onSignal(FORWARDED, (signal) => this.signal(signal));
    this.ended = new Promise<ChildEnd>((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('exit', (code, signal) => {
        const text = signal ? `signal: ${signal}` : `exit status ${code}`;
        resolve({ success: code === 0, text });
      });
    }).finally(() => {
      this.#alive = false;
      stopForwarding();
    });
    // A child need not read what it is given.
    this.#process.stdin?.on('error', () => {});
    if (stdin instanceof Uint8Array) this.#process.stdin?.end(stdin);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Sends a signal to the whole group; nothing happens once the child has ended. */
  signal(signal: string): void {
    if (!this.#alive || this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      // It ended a moment ago.
    }
  }
}
