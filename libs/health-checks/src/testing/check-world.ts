import type { CheckDefinition } from '@mesh/api-contract';
import type { Logger, LogLevel, LogValue, Timer, Timers } from '@mesh/base';
import { createCheck } from '../check.ts';
import type { CheckDeps, CheckResult, RunningCheck } from '../types.ts';

/** A definition in which nothing is set but an interval of one second. */
const NOTHING: CheckDefinition = {
  id: '',
  name: '',
  notes: '',
  serviceId: '',
  token: '',
  status: undefined,
  args: [],
  http: '',
  method: '',
  header: {},
  body: '',
  tcp: '',
  grpc: '',
  grpcUseTls: false,
  dockerContainerId: '',
  shell: '',
  aliasService: '',
  aliasNode: '',
  tlsSkipVerify: false,
  intervalMs: 1000,
  timeoutMs: 0,
  ttlMs: 0,
  successBeforePassing: 0,
  failuresBeforeCritical: 0,
  deregisterCriticalServiceAfterMs: 0,
  outputMaxBytes: 0,
};

/** Where in its interval a check of this world runs first. */
const RANDOM = 0.25;

/** A definition with some settings. */
export function definition(settings: Partial<CheckDefinition>): CheckDefinition {
  return { ...NOTHING, ...settings };
}

/** Timers that fire when told. */
export class ManualTimers implements Timers {
  private entries: { readonly delayMs: number; readonly run: () => void }[] = [];

  after(delayMs: number, run: () => void): Timer {
    const entry = { delayMs, run };
    this.entries.push(entry);
    return {
      cancel: () => {
        this.entries = this.entries.filter((other) => other !== entry);
      },
    };
  }

  /** How long the pending ones wait, milliseconds. */
  get delaysMs(): readonly number[] {
    return this.entries.map(({ delayMs }) => delayMs);
  }

  /** Fires the oldest timer that waits for so long. */
  fire(delayMs: number): void {
    const entry = this.entries.find((one) => one.delayMs === delayMs);
    if (!entry) throw new Error(`no timer of ${delayMs} ms waits, only ${this.delaysMs}`);
    this.entries = this.entries.filter((other) => other !== entry);
    entry.run();
  }
}

/** Gives way to sockets and processes until something is so. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Checks with time in the test's hands; everything else about them is real. */
export class CheckWorld {
  readonly timers = new ManualTimers();
  readonly results: CheckResult[] = [];
  /** `LEVEL message` of each log line. */
  readonly logged: string[] = [];
  private readonly checks: RunningCheck[] = [];

  /** Starts a check whose settings and dependencies are those given. */
  start(settings: Partial<CheckDefinition>, deps: Partial<CheckDeps> = {}): RunningCheck {
    const check = createCheck('c', definition(settings), this.deps(deps));
    this.checks.push(check);
    check.start();
    return check;
  }

  /** Starts a check at an interval of one second and lets its first run begin. */
  begin(settings: Partial<CheckDefinition>, deps: Partial<CheckDeps> = {}): RunningCheck {
    const check = this.start(settings, deps);
    this.timers.fire(RANDOM * NOTHING.intervalMs);
    return check;
  }

  /** What the first run of a check finds. */
  async firstResult(
    settings: Partial<CheckDefinition>,
    deps: Partial<CheckDeps> = {},
  ): Promise<CheckResult> {
    const before = this.results.length;
    this.begin(settings, deps);
    await eventually(() => this.results.length > before);
    return this.results[before]!;
  }

  stop(): void {
    for (const check of this.checks) check.stop();
  }

  private deps(more: Partial<CheckDeps>): CheckDeps {
    return {
      platform: {
        clock: { nowMs: () => 0, monotonicMs: () => 0 },
        timers: this.timers,
        random: { float: () => RANDOM, bytes: (count) => new Uint8Array(count), uuid: () => '' },
      },
      logger: this.logger(),
      outputMaxBytes: 4096,
      report: (result) => this.results.push(result),
      ...more,
    };
  }

  private logger(): Logger {
    const line =
      (level: LogLevel) =>
      (message: string, fields: Readonly<Record<string, LogValue>> = {}) => {
        const values = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`);
        this.logged.push(`${level} ${message}:${values.join('')}`);
      };
    const logger: Logger = {
      trace: line('TRACE'),
      debug: line('DEBUG'),
      info: line('INFO'),
      warn: line('WARN'),
      error: line('ERROR'),
      enabled: () => true,
      named: () => logger,
    };
    return logger;
  }
}
