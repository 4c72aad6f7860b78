import { spawn } from 'node:child_process';
import type { CheckDefinition } from '@mesh/api-contract';
import { formatDuration } from '@mesh/base';
import { critical, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult } from '../types.ts';
import { OutputBuffer } from './output-buffer.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Runs a program without a shell. Exit status 0 is passing, 1 warning, all else critical. The program has
 * a process group of its own, which is killed as a whole when the time is over.
 */
export function scriptProbe(
  { args, timeoutMs }: CheckDefinition,
  { outputMaxBytes, platform }: CheckDeps,
): Probe {
  const limitMs = timeoutMs || DEFAULT_TIMEOUT_MS;
  return {
    type: 'script',
    run: (signal) =>
      new Promise<CheckResult>((resolve) => {
        const output = new OutputBuffer(outputMaxBytes);
        let timedOut = false;
        const child = spawn(args[0]!, args.slice(1), {
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const kill = () => killGroup(child.pid);
        const timer = platform.timers.after(limitMs, () => {
          timedOut = true;
          kill();
        });
        const finish = (result: CheckResult) => {
          timer.cancel();
          signal.removeEventListener('abort', kill);
          resolve(result);
        };
        signal.addEventListener('abort', kill, { once: true });
        child.stdout.on('data', (chunk: Buffer) => output.append(chunk));
        child.stderr.on('data', (chunk: Buffer) => output.append(chunk));
        child.once('error', (error) => finish(critical(error.message)));
        child.once('close', (code) => {
          if (timedOut) {
            finish(critical(`Timed out (${formatDuration(limitMs)}) running check\n\n${output}`));
          } else {
            finish({ status: statusOf(code), output: output.toString() });
          }
        });
      }),
  };
}

function statusOf(code: number | null): CheckResult['status'] {
  if (code === 0) return 'passing';
  return code === 1 ? 'warning' : 'critical';
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}
