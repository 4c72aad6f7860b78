import type { Io } from '@mesh/cli-kit';
import { runProgram } from '../program.ts';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An Io in memory. */
export class FakeIo implements Io {
  readonly chunks: Uint8Array[] = [];
  stderr = '';
  readonly env: Record<string, string | undefined>;
  readonly #stdin: string;
  readonly #listeners = new Map<string, Set<(signal: string) => void>>();

  constructor(env: Record<string, string | undefined> = {}, stdin = '') {
    this.env = env;
    this.#stdin = stdin;
  }

  readonly out = (data: string | Uint8Array) => {
    this.chunks.push(typeof data === 'string' ? Buffer.from(data) : data);
  };
  readonly err = (text: string) => {
    this.stderr += text;
  };

  get stdout(): Buffer {
    return Buffer.concat(this.chunks);
  }

  async readStdin(): Promise<Uint8Array> {
    return Buffer.from(this.#stdin);
  }

  onSignal(signals: readonly string[], listener: (signal: string) => void): () => void {
    for (const signal of signals) {
      const listeners = this.#listeners.get(signal) ?? new Set();
      this.#listeners.set(signal, listeners.add(listener));
    }
    return () => {
      for (const signal of signals) this.#listeners.get(signal)?.delete(listener);
    };
  }

  /** The process gets a signal. @returns whether anybody listens */
  raise(signal: string): boolean {
    const listeners = [...(this.#listeners.get(signal) ?? [])];
    for (const listener of listeners) listener(signal);
    return listeners.length > 0;
  }
}

/** Runs a command line in this process. */
export async function runCommand(
  argv: readonly string[],
  env: Record<string, string | undefined> = {},
  stdin = '',
): Promise<Finished> {
  const io = new FakeIo(env, stdin);
  const code = await runProgram(argv, io);
  return { code, stdout: io.stdout.toString(), stderr: io.stderr };
}
