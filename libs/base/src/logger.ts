/** Levels in rising order of severity, as the original names them. */
export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogValue = string | number | boolean | null | undefined | readonly string[] | Error;

/**
 * A logger of one subsystem. The message is a constant phrase, the values go into `fields`
 * and are printed as key=value in the order given.
 */
export interface Logger {
  trace(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  debug(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  info(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  warn(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  error(message: string, fields?: Readonly<Record<string, LogValue>>): void;
  /** True when a line of this level would reach any sink; guards costly messages. */
  enabled(level: LogLevel): boolean;
  /** Logger of a nested subsystem: `agent` named `http` logs as `agent.http`. */
  named(name: string): Logger;
}

/** A logger that drops everything: for tests and for tools without output. */
export const silentLogger: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  enabled: () => false,
  named: () => silentLogger,
};
