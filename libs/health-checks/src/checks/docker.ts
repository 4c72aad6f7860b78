import type { CheckDefinition } from '@mesh/api-contract';
import { withDeadline } from '../deadline.ts';
import { critical, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult } from '../types.ts';
import { DockerEngine } from './docker-engine.ts';
import { OutputBuffer } from './output-buffer.ts';
import { statusOfExit, timeoutText } from './script.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs a program inside a container by the Docker Engine's API (exec). Exit status as for scripts. The
 * arguments are the program's own, as in the original: `shell` matters only where there are none. The engine
 * cannot end an exec: a program that takes too long goes on in its container.
 */
export function dockerProbe(definition: CheckDefinition, deps: CheckDeps): Probe {
  const { dockerContainerId: container, args, shell, timeoutMs } = definition;
  const command = args.length > 0 ? args : [shell || '/bin/sh', '-c', ''];
  const limitMs = timeoutMs || DEFAULT_TIMEOUT_MS;
  const host = deps.dockerHost ?? process.env['DOCKER_HOST'] ?? '';
  return {
    type: 'docker',
    run: (stopped) =>
      withDeadline(deps.platform.timers, limitMs, stopped, async ({ signal, isLate }) => {
        const output = new OutputBuffer(deps.outputMaxBytes);
        try {
          return await execute(new DockerEngine(host, signal), container, command, output);
        } catch (error) {
          if (isLate()) return critical(timeoutText(limitMs, output));
          const why = error instanceof Error ? error.message : String(error);
          return critical(`docker check of container "${container}": ${why}`);
        }
      }),
  };
}

async function execute(
  engine: DockerEngine,
  container: string,
  command: readonly string[],
  output: OutputBuffer,
): Promise<CheckResult> {
  const id = await engine.createExec(container, command);
  await engine.startExec(id, (chunk) => output.append(chunk));
  const status = statusOfExit(await engine.exitCode(id));
  return { status, output: output.toString() };
}
