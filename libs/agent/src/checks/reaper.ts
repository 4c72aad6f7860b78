import type { Clock, Component, Logger, Platform, Timer } from '@mesh/base';
import type { LocalState } from '../local-state/local-state.ts';

export interface ReaperOptions {
  readonly state: LocalState;
  readonly platform: Platform;
  readonly logger: Logger;
  /** How often to look, milliseconds. */
  readonly intervalMs: number;
  /** Shortest time critical before removal, milliseconds; definitions that say less get this. */
  readonly minimumMs: number;
  /** Removes an instance for good. */
  deregister(serviceId: string): void;
}

/** Removes instances whose check was critical for longer than its definition lets it. */
export class Reaper implements Component {
  readonly name = 'reaper';
  private readonly options: ReaperOptions;
  private timer: Timer | undefined;

  constructor(options: ReaperOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (!this.timer) this.arm();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Looks once. */
  reap(): void {
    for (const serviceId of this.overdue(this.options.platform.clock)) {
      this.options.deregister(serviceId);
    }
  }

  private arm(): void {
    this.timer = this.options.platform.timers.after(this.options.intervalMs, () => {
      this.reap();
      this.arm();
    });
  }

  private overdue(clock: Clock): ReadonlySet<string> {
    const { state, logger, minimumMs } = this.options;
    const nowMs = clock.monotonicMs();
    const found = new Set<string>();
    for (const { check, definition, criticalSinceMs } of state.listChecks()) {
      const configured = definition?.deregisterCriticalServiceAfterMs ?? 0;
      if (configured <= 0 || check.ServiceID === '' || criticalSinceMs === undefined) continue;
      const timeoutMs = Math.max(configured, minimumMs);
      if (nowMs - criticalSinceMs <= timeoutMs || found.has(check.ServiceID)) continue;
      found.add(check.ServiceID);
      logger.info('Check for service has been critical for too long; deregistering service', {
        service: check.ServiceID,
        check: check.CheckID,
        timeout_ms: timeoutMs,
      });
    }
    return found;
  }
}
