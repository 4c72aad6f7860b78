import { type ChildProcess, spawn } from 'node:child_process';
import type { CheckDefinition } from '@mesh/api-contract';
import { formatDuration } from '@mesh/base';
import { withDeadline } from '../deadline.ts';
import { critical, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult } from '../types.ts';
import { OutputBuffer } from './output-buffer.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Runs a program without a shell, with the agent's environment. Exit status 0 is passing, 1 warning, all
 * else critical. The program has a process group of its own, which is killed as a whole when the time is
 * over or the check is stopped.
 */
export function scriptProbe(
  { args, timeoutMs }: CheckDefinition,
  { outputMaxBytes, platform }: CheckDeps,
): Probe {
  const limitMs = timeoutMs || DEFAULT_TIMEOUT_MS;
  return {
    type: 'script',
    run: (stopped) =>
      withDeadline(platform.timers, limitMs, stopped, async ({ signal, isLate }) => {
        const output = new OutputBuffer(outputMaxBytes);
        const status = await runProgram(args, output, signal);
        if (isLate()) return critical(timeoutText(limitMs, output));
        return { status, output: output.toString() };
      }),
  };
}

/** What a run that took too long says; the output so far follows where there is any. */
export function timeoutText(limitMs: number, output: OutputBuffer): string {
  const said = output.toString();
  return `Timed out (${formatDuration(limitMs)}) running check${said === '' ? '' : `\n\n${said}`}`;
}

/** Status by exit code, the same for programs here and in containers. */
export function statusOfExit(code: unknown): CheckResult['status'] {
  if (code === 0) return 'passing';
  return code === 1 ? 'warning' : 'critical';
}

/** Resolves when the program and all that hold its output have ended, or at once when `signal` aborts. */
function runProgram(
  args: readonly string[],
  output: OutputBuffer,
  signal: AbortSignal,
): Promise<CheckResult['status']> {
  return new Promise((resolve, reject) => {
    const program = args[0] ?? '';
    const child = spawn(program, args.slice(1), {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.on('error', (error: NodeJS.ErrnoException) => reject(startError(program, error)));
    const kill = () => {
      killGroup(child);
      // A descendant that left the group may hold the streams open: it is not waited for.
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve('critical');
    };
    signal.addEventListener('abort', kill, { once: true });
    // Without file descriptors to spare there are no streams, and the error comes alone.
    child.stdout?.on('data', (chunk: Buffer) => output.append(chunk));
    child.stderr?.on('data', (chunk: Buffer) => output.append(chunk));
    child.once('close', (code) => resolve(statusOfExit(code)));
    if (signal.aborted) kill();
  });
}

function startError(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT' && !program.includes('/')) {
    return new Error(`exec: "${program}": executable file not found in $PATH`);
  }
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EMFILE: 'too many open files',
    EAGAIN: 'resource temporarily unavailable',
  };
  return new Error(`fork/exec ${program}: ${reasons[error.code ?? ''] ?? error.message}`);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}
