import type { Logger } from '@mesh/base';

/** Whether the agent answers. Many ask it at once; that it is gone is said once, and that it is back. */
export class AgentPresence {
  private readonly logger: Logger;
  private away = false;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  get isAway(): boolean {
    return this.away;
  }

  /** There was no answer at all. */
  missed(what: string, error: string): void {
    if (this.away) return;
    this.away = true;
    this.logger.warn('the agent is away: going on with what is known', { what, error });
  }

  /** There was one, of whatever kind. */
  answered(): void {
    if (!this.away) return;
    this.away = false;
    this.logger.info('the agent is back');
  }
}
