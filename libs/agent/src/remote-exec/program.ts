import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Timers, utf8Bytes } from '@mesh/base';
import type { JobSpec } from './job-spec.ts';
import { OutputQueue } from './output-queue.ts';

/** Exit code of what could not be run. */
export const CANNOT_RUN = 255;
/** As shells have it: the code of an end by signal is this and the signal's number. */
const BY_SIGNAL = 128;
/** A child of the program may hold its output open after its end; it is not waited for longer. */
const LINGER_MS = 500;

/** A job's program, running in a process group of its own. */
export class Program {
  readonly output: OutputQueue;
  /** Exit code, once it and its output have ended. Never rejects. */
  readonly ended: Promise<number>;
  private child: ChildProcess | undefined;
  private scriptFolder = '';

  constructor(spec: JobSpec, timers: Timers) {
    this.output = new OutputQueue(timers);
    this.ended = new Promise<number>((resolve) => this.run(spec, timers, resolve)).finally(() => {
      this.output.end();
      if (this.scriptFolder !== '') rmSync(this.scriptFolder, { recursive: true, force: true });
    });
  }

  /** The reader has taken something: the program may go on writing. */
  resume(): void {
    if (this.output.isFull) return;
    this.child?.stdout?.resume();
    this.child?.stderr?.resume();
  }

  /** Kills the whole group. */
  kill(): void {
    const { child } = this;
    if (child?.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself in the meantime.
    }
  }

  private run(spec: JobSpec, timers: Timers, resolve: (code: number) => void): void {
    const fail = (error: Error) => {
      this.output.push(utf8Bytes(`cannot be run: ${error.message}\n`));
      resolve(CANNOT_RUN);
    };
    try {
      const [file, ...args] = this.words(spec);
      const child = spawn(file!, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      this.child = child;
      child.once('error', fail);
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          this.output.push(chunk);
          if (this.output.isFull) stream.pause();
        });
      }
      child.once('close', (code, signal) => resolve(exitCode(code, signal)));
      child.once('exit', () => this.letLinger(child, timers));
    } catch (error) {
      fail(error as Error);
    }
  }

  /** Ends the output of a program that is over, once all that it wrote itself was read. */
  private letLinger(child: ChildProcess, timers: Timers): void {
    const timer = timers.after(LINGER_MS, () => {
      // The reader is slow, so there may be more in the pipe.
      if (this.output.isFull) return this.letLinger(child, timers);
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    child.once('close', () => timer.cancel());
  }

  /** Command line of a job; a script goes to a file that this user alone can read. */
  private words({ command, args, script }: JobSpec): readonly string[] {
    if (args.length > 0) return args;
    const shell = process.env['SHELL'] || '/bin/sh';
    if (script.length === 0) return [shell, '-c', command];
    this.scriptFolder = mkdtempSync(join(tmpdir(), 'rexec-'));
    const path = join(this.scriptFolder, 'script');
    writeFileSync(path, script, { mode: 0o700 });
    return [shell, '-c', path];
  }
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]);
}
