import type { LogLevel, LogValue } from '@mesh/base';

/** Values of a line, in the order in which they are printed. */
export type LogFields = Readonly<Record<string, LogValue>>;

/** Longest value that is printed in full, characters; the rest is cut and marked. */
export const VALUE_MAX_LENGTH = 8192;

const BRACKETED: Readonly<Record<LogLevel, string>> = {
  TRACE: '[TRACE]',
  DEBUG: '[DEBUG]',
  INFO: '[INFO] ',
  WARN: '[WARN] ',
  ERROR: '[ERROR]',
};

/** Values that can stand without quotes. */
const PLAIN = /^[^\s"=\\\p{Cc}]+$/u;

/** RFC 3339 time with milliseconds; the text of the last second is kept, most lines share it. */
export class TimestampFormatter {
  private second = Number.NaN;
  private prefix = '';

  format(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.second) {
      this.second = second;
      this.prefix = new Date(second * 1000).toISOString().slice(0, 20);
    }
    const ms = Math.floor(nowMs - second * 1000);
    return `${this.prefix}${ms < 10 ? `00${ms}` : ms < 100 ? `0${ms}` : ms}Z`;
  }
}

/**
 * One line without indentation or line end:
 * `2026-11-23T03:41:25.865Z [WARN]  agent.sub: message: key=value key2="two words"`.
 */
export function formatText(
  time: string,
  level: LogLevel,
  name: string,
  message: string,
  fields: LogFields | undefined,
): string {
  let line = `${time} ${BRACKETED[level]} ${name}: ${oneLine(message)}`;
  if (!fields) return line;
  let separator = ': ';
  for (const key in fields) {
    const value = fields[key];
    if (value === undefined) continue;
    line += `${separator}${key}=${textValue(value)}`;
    separator = ' ';
  }
  return line;
}

/** One line as JSON: @level, @message, @module, @timestamp and the fields. */
export function formatJson(
  time: string,
  level: LogLevel,
  name: string,
  message: string,
  fields: LogFields | undefined,
): string {
  const entry: Record<string, unknown> = {
    '@level': level.toLowerCase(),
    '@message': message,
    '@module': name,
    '@timestamp': time.replace('Z', '000Z'),
  };
  for (const key in fields) entry[key] = jsonValue(fields[key]);
  return JSON.stringify(entry);
}

function textValue(value: Exclude<LogValue, undefined>): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return '<nil>';
  if (typeof value === 'string') return quoteIfNeeded(value);
  if (value instanceof Error) return quoteIfNeeded(value.message);
  return `[${value.map((item) => JSON.stringify(shorten(item))).join(', ')}]`;
}

function quoteIfNeeded(value: string): string {
  const shown = shorten(value);
  return PLAIN.test(shown) ? shown : JSON.stringify(shown);
}

function jsonValue(value: LogValue): unknown {
  if (typeof value === 'string') return shorten(value);
  return value instanceof Error ? shorten(value.message) : value;
}

function shorten(value: string): string {
  return value.length <= VALUE_MAX_LENGTH ? value : `${value.slice(0, VALUE_MAX_LENGTH)}...`;
}

/** A message is one line whatever it was made of: a line break could forge an entry. */
function oneLine(message: string): string {
  return /[\r\n]/.test(message) ? message.replace(/\r?\n|\r/g, '\\n') : message;
}
