/** Exit codes of the original. */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** `members` without a match; a child that failed under `lock -child-exit-code`. */
  noMatch: 2,
  /** No command, or an unknown one. */
  unknownCommand: 127,
} as const;

/** Ends a command: `message` goes to stderr as it is, the process exits with `exitCode`. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}
