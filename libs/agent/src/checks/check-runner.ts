import type { CheckDefinition } from '@mesh/api-contract';
import { type Logger, MeshError, type Platform } from '@mesh/base';
import {
  type AliasSource,
  type CheckDeps,
  type CheckResult,
  type CheckTls,
  createCheck,
  type RunningCheck,
} from '@mesh/health-checks';
import type { LocalState } from '../local-state/local-state.ts';

/** Makes a running check; the default is that of @mesh/health-checks. */
export type CheckFactory = (
  checkId: string,
  definition: CheckDefinition,
  deps: CheckDeps,
) => RunningCheck;

export interface CheckRunnerOptions {
  readonly state: LocalState;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly aliasSource: AliasSource;
  /** Bytes of output kept where the definition says nothing. */
  readonly outputMaxBytes: number;
  readonly httpUserAgent: string;
  /** Certificates in force; a reload reads them anew. */
  tls(): CheckTls | undefined;
  readonly create?: CheckFactory;
}

/** Runs the checks of this agent and takes their results into the local state. */
export class CheckRunner {
  private readonly running = new Map<string, RunningCheck>();
  private readonly options: CheckRunnerOptions;
  private active = false;

  constructor(options: CheckRunnerOptions) {
    this.options = options;
  }

  /** Starts what was added so far; what is added later starts at once. */
  start(): void {
    if (this.active) return;
    this.active = true;
    for (const check of this.running.values()) check.start();
  }

  /** Stops all checks for good. */
  stop(): void {
    this.active = false;
    this.clear();
  }

  /** Removes all checks. */
  clear(): void {
    for (const check of this.running.values()) check.stop();
    this.running.clear();
  }

  /**
   * Makes a check ready; calling the result puts it in place of the one of that id and starts it, which
   * must happen after the local state has it. Throws `invalid-argument` when it cannot be run.
   */
  prepare(checkId: string, definition: CheckDefinition): () => void {
    const { platform, logger, aliasSource, httpUserAgent, create = createCheck } = this.options;
    const tls = this.options.tls();
    const check = create(checkId, definition, {
      platform,
      logger,
      aliasSource,
      httpUserAgent,
      ...(tls && { tls }),
      outputMaxBytes: definition.outputMaxBytes || this.options.outputMaxBytes,
      report: (result) => {
        if (this.running.get(checkId) !== check) return;
        this.options.state.updateCheck(checkId, result.status, result.output);
      },
    });
    return () => {
      this.remove(checkId);
      this.running.set(checkId, check);
      if (this.active) check.start();
    };
  }

  /** Stops and removes a check; nothing happens for unknown ones. */
  remove(checkId: string): void {
    this.running.get(checkId)?.stop();
    this.running.delete(checkId);
  }

  /**
   * Takes the state that a client reports for a TTL check; its output is cut to the configured length.
   * Throws `not-found` when the check is not one.
   */
  setTtl(checkId: string, result: CheckResult): void {
    const check = this.running.get(checkId);
    if (!check?.setTtl) {
      throw new MeshError('not-found', `CheckID "${checkId}" does not have associated TTL`);
    }
    check.setTtl(result);
  }

  /** Number of checks by whether they run by themselves or wait for reports. */
  counts(): { readonly monitors: number; readonly ttls: number } {
    let ttls = 0;
    let monitors = 0;
    for (const { type } of this.running.values()) {
      if (type === 'ttl') ttls++;
      else if (type === 'script' || type === 'docker') monitors++;
    }
    return { monitors, ttls };
  }
}
