import type { UserEvent } from '@mesh/api-contract';
import { type Component, type Logger, MeshError, type Timers, utf8Bytes } from '@mesh/base';
import type { Rpc } from '@mesh/resource';
import { JobKeys } from './job-keys.ts';
import { decodePlace, decodeSpec, type JobSpec } from './job-spec.ts';
import { CANNOT_RUN, Program } from './program.ts';

export interface RemoteExecOptions {
  /** False: nothing is ever run. */
  readonly isEnabled: boolean;
  readonly nodeName: string;
  readonly rpc: Rpc;
  readonly timers: Timers;
  /** Named agent. */
  readonly logger: Logger;
  /** ACL token of the agent's own requests. */
  token(): string;
}

/** Jobs that run at a time; further ones are refused. */
const MAX_JOBS = 8;
/** Jobs that are looked at, those that run included; further ones are ignored. */
const MAX_CALLS = 64;
/** Time between two pieces of output, milliseconds: each is an entry of the cluster's log. */
const PACE_MS = 100;
/** Output of a job that is passed on, bytes: it is held in memory by all servers. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
const DROPPED = `\n[output beyond ${MAX_OUTPUT_BYTES} bytes is dropped]\n`;

/**
 * Runs what `consul exec` asks for. An event names the job; what to run, and all that this agent has to
 * say of it, is in the key-value store under locks of the asker's session. When that ends, the program
 * is killed.
 */
export class RemoteExec implements Component {
  readonly name = 'remote-exec';
  private readonly options: RemoteExecOptions;
  private readonly programs = new Set<Program>();
  private readonly jobs = new Set<Promise<void>>();
  private isStopped = false;

  constructor(options: RemoteExecOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    this.isStopped = false;
  }

  /** Kills what runs, and resolves when that has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const program of this.programs) program.kill();
    await Promise.all(this.jobs);
  }

  /** Takes an event that was meant for this agent. */
  handle(event: UserEvent): void {
    const { isEnabled, logger } = this.options;
    const fields = { event_name: event.Name, event_id: event.ID };
    if (!isEnabled) {
      logger.info('ignoring remote exec event, remote exec disabled.', fields);
      return;
    }
    if (this.isStopped) return;
    if (this.jobs.size >= MAX_CALLS) {
      logger.warn('ignoring remote exec event, too many are at hand', fields);
      return;
    }
    logger.debug('received remote exec event', { id: event.ID });
    const job = this.perform(event)
      .catch((thrown) => {
        const error = MeshError.from(thrown).message;
        logger.error('remote exec job failed', { ...fields, error });
      })
      .finally(() => this.jobs.delete(job));
    this.jobs.add(job);
  }

  private async perform({ Payload }: UserEvent): Promise<void> {
    const { nodeName, rpc, logger } = this.options;
    const place = decodePlace(Payload, nodeName);
    const keys = new JobKeys(rpc, this.options.token(), place);
    const file = await keys.read();
    if (file === undefined) {
      logger.debug('remote exec aborted, job spec missing', { key: place.jobKey });
      return;
    }
    const spec = decodeSpec(file);
    if (!(await keys.acknowledge())) return;
    let code = CANNOT_RUN;
    try {
      code = await this.runJob(spec, keys);
    } finally {
      await keys.exit(code);
    }
  }

  private async runJob(spec: JobSpec, keys: JobKeys): Promise<number> {
    const { logger, timers } = this.options;
    if (this.isStopped) return CANNOT_RUN;
    if (this.programs.size >= MAX_JOBS) {
      logger.warn('remote exec job refused, too many are running', { running: MAX_JOBS });
      await keys.output(0, utf8Bytes(`refused: ${MAX_JOBS} jobs are running on this node\n`));
      return CANNOT_RUN;
    }
    logger.info('remote exec script', { script: titleOf(spec) });
    const program = new Program(spec, timers);
    this.programs.add(program);
    let isWanted = false;
    try {
      isWanted = await this.passOn(program, spec.waitMs, keys);
    } finally {
      // What a job that came to its end left running in the background was meant to run on.
      if (!isWanted) program.kill();
      this.programs.delete(program);
    }
    return isWanted ? program.ended : CANNOT_RUN;
  }

  /** Passes on the output until its end; false when nobody wants it any more before that. */
  private async passOn(program: Program, waitMs: number, keys: JobKeys): Promise<boolean> {
    const { output } = program;
    let left = MAX_OUTPUT_BYTES;
    for (let number = 0; ; number++) {
      let piece = await output.next(waitMs);
      if (this.isStopped) return false;
      if (piece === undefined) return true;
      left -= piece.length;
      if (left < 0) {
        piece = utf8Bytes(DROPPED);
        output.discard();
        left = 0;
      }
      program.resume();
      if (!(await keys.output(number, piece))) return false;
      if (!output.isOver) await this.pause(PACE_MS);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.options.timers.after(ms, resolve));
  }
}

/** What a job runs, for the log. */
function titleOf({ command, args, script }: JobSpec): string {
  if (script.length > 0) return `script of ${script.length} bytes`;
  return (args.length > 0 ? args.join(' ') : command).slice(0, 200);
}
