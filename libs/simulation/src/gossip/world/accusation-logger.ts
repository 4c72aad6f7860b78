import type { Logger, LogValue } from '@mesh/base';

/** The line of a member that did not get an answer; word for word as the core writes it. */
export const ACCUSATION = 'memberlist: Suspect a member, no acks received';

/** Drops all lines but one: the shell of a core learns of a suspicion by its log alone. */
export class AccusationLogger implements Logger {
  private readonly onAccusation: (suspect: string) => void;

  constructor(onAccusation: (suspect: string) => void) {
    this.onAccusation = onAccusation;
  }

  info(message: string, fields?: Readonly<Record<string, LogValue>>): void {
    if (message === ACCUSATION) this.onAccusation(String(fields?.['node']));
  }

  trace(): void {}
  debug(): void {}
  warn(): void {}
  error(): void {}

  enabled(): boolean {
    return false;
  }

  named(): Logger {
    return this;
  }
}
