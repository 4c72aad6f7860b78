import type { Logger, LogValue } from '@mesh/base';

/** A logger that keeps its lines: `WARN message: key=value`. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];

  trace = this.at('TRACE');
  debug = this.at('DEBUG');
  info = this.at('INFO');
  warn = this.at('WARN');
  error = this.at('ERROR');

  enabled(): boolean {
    return true;
  }

  named(): Logger {
    return this;
  }

  matching(part: string): readonly string[] {
    return this.lines.filter((line) => line.includes(part));
  }

  private at(level: string) {
    return (message: string, fields: Readonly<Record<string, LogValue>> = {}) => {
      const values = Object.entries(fields).map(([key, value]) => `${key}=${String(value)}`);
      this.lines.push(`${level} ${message}: ${values.join(' ')}`);
    };
  }
}
