import { type Clock, LOG_LEVELS, type Logger, type LogLevel } from '@mesh/base';
import { formatJson, formatText, type LogFields, TimestampFormatter } from './format.ts';

/** Text waiting for the next write beyond which lines are dropped and counted, characters. */
const PENDING_MAX_LENGTH = 8 * 1024 * 1024;
/** Readers of /v1/agent/monitor at a time; more are refused by `subscribe` throwing. */
const SUBSCRIBERS_MAX = 64;
const INDENT = '    ';

export interface LogHubOptions {
  /** Lines below it are dropped. */
  readonly level: LogLevel;
  /** JSON lines in place of text. */
  readonly json: boolean;
  readonly clock: Clock;
  /** The main sink: gets whole lines, many at a time, at most once a tick. */
  write(text: string): void;
  /** Resolves when the main sink has handed on what was written. @default at once */
  flush?(): Promise<void>;
}

/** A further reader of the log lines, with a level and format of its own. */
export interface LogSubscriber {
  readonly level: LogLevel;
  readonly json: boolean;
  /** One line, without line end and indentation. */
  write(line: string): void;
}

/** Where loggers come from and lines go to. */
export interface LogHub {
  /** A logger of that full name. Cheap; loggers of the same name are the same. */
  logger(name: string): Logger;
  /** Changes the level of the main sink, at once and for all loggers. */
  setLevel(level: LogLevel): void;
  /** Adds a reader of all lines at or above its level; returns a function that removes it. */
  subscribe(subscriber: LogSubscriber): () => void;
  /** Adds a sink of whole main lines (level and format of the hub, not indented): the log file. */
  addSink(write: (text: string) => void): () => void;
  /** A line without time and level among the others: `==> Consul agent running!`. */
  notice(text: string): void;
  /** Hands all waiting lines to the sinks; resolves when the main one has handed them on. */
  flush(): Promise<void>;
}

/** Creates the hub of a process. */
export function createLogHub(options: LogHubOptions): LogHub {
  return new Hub(options);
}

class Hub implements LogHub {
  private readonly options: LogHubOptions;
  private readonly loggers = new Map<string, Logger>();
  private readonly subscribers = new Set<LogSubscriber>();
  private readonly sinks = new Set<(text: string) => void>();
  private readonly timestamps = new TimestampFormatter();
  private readonly time: () => string;
  private mainRank: number;
  /** Lowest rank that anyone reads: the whole cost of a dropped line is one comparison. */
  private lowestRank: number;
  private pending: string[] = [];
  private pendingLength = 0;
  private dropped = 0;
  private scheduled = false;

  constructor(options: LogHubOptions) {
    this.options = options;
    this.mainRank = rankOf(options.level);
    this.lowestRank = this.mainRank;
    this.time = () => this.timestamps.format(options.clock.nowMs());
  }

  logger(name: string): Logger {
    const known = this.loggers.get(name);
    if (known) return known;
    const created: Logger = {
      trace: (message, fields) => this.emit(0, name, message, fields),
      debug: (message, fields) => this.emit(1, name, message, fields),
      info: (message, fields) => this.emit(2, name, message, fields),
      warn: (message, fields) => this.emit(3, name, message, fields),
      error: (message, fields) => this.emit(4, name, message, fields),
      enabled: (level) => rankOf(level) >= this.lowestRank,
      named: (sub) => this.logger(`${name}.${sub}`),
    };
    this.loggers.set(name, created);
    return created;
  }

  setLevel(level: LogLevel): void {
    this.mainRank = rankOf(level);
    this.updateLowest();
  }

  subscribe(subscriber: LogSubscriber): () => void {
    if (this.subscribers.size >= SUBSCRIBERS_MAX) {
      throw new Error(`too many log readers, at most ${SUBSCRIBERS_MAX}`);
    }
    this.subscribers.add(subscriber);
    this.updateLowest();
    return () => {
      this.subscribers.delete(subscriber);
      this.updateLowest();
    };
  }

  addSink(write: (text: string) => void): () => void {
    this.sinks.add(write);
    return () => this.sinks.delete(write);
  }

  notice(text: string): void {
    this.enqueue(text);
  }

  async flush(): Promise<void> {
    this.writePending();
    await this.options.flush?.();
  }

  private updateLowest(): void {
    this.lowestRank = this.mainRank;
    for (const { level } of this.subscribers) {
      this.lowestRank = Math.min(this.lowestRank, rankOf(level));
    }
  }

  private emit(rank: number, name: string, message: string, fields?: LogFields): void {
    if (rank < this.lowestRank) return;
    const level = LOG_LEVELS[rank]!;
    const time = this.time();
    if (rank >= this.mainRank) {
      const { json } = this.options;
      const line = (json ? formatJson : formatText)(time, level, name, message, fields);
      this.enqueue(json ? line : INDENT + line);
    }
    if (this.subscribers.size > 0) this.publish(rank, time, name, message, fields);
  }

  private publish(
    rank: number,
    time: string,
    name: string,
    message: string,
    fields?: LogFields,
  ): void {
    const level = LOG_LEVELS[rank]!;
    let text: string | undefined;
    let json: string | undefined;
    for (const subscriber of this.subscribers) {
      if (rank < rankOf(subscriber.level)) continue;
      if (subscriber.json) json ??= formatJson(time, level, name, message, fields);
      else text ??= formatText(time, level, name, message, fields);
      subscriber.write((subscriber.json ? json : text)!);
    }
  }

  private enqueue(line: string): void {
    if (this.pendingLength > PENDING_MAX_LENGTH) {
      this.dropped++;
      return;
    }
    this.pending.push(line);
    this.pendingLength += line.length;
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.writePending());
  }

  private writePending(): void {
    this.scheduled = false;
    if (this.pending.length === 0) return;
    if (this.dropped > 0) this.pending.push(`${INDENT}(${this.dropped} log lines dropped)`);
    const lines = this.pending;
    this.pending = [];
    this.pendingLength = 0;
    this.dropped = 0;
    this.options.write(`${lines.join('\n')}\n`);
    for (const sink of this.sinks) sink(`${lines.map(unindented).join('\n')}\n`);
  }
}

function unindented(line: string): string {
  return line.startsWith(INDENT) ? line.slice(INDENT.length) : line;
}

function rankOf(level: LogLevel): number {
  return LOG_LEVELS.indexOf(level);
}
