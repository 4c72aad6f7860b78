import { MeshError } from './errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Milliseconds of a Go duration such as "1h15m30.5s" or "-250ms"; fractions of a millisecond are kept.
 * Returns undefined when the text is not one; "0" needs no unit.
 */
export function parseDuration(text: string): number | undefined {
  let rest = text;
  let sign = 1;
  if (rest.startsWith('-') || rest.startsWith('+')) {
    sign = rest.startsWith('-') ? -1 : 1;
    rest = rest.slice(1);
  }
  if (rest === '0') return 0;
  if (rest === '') return undefined;
  let totalMs = 0;
  PART.lastIndex = 0;
  let at = 0;
  while (at < rest.length) {
    PART.lastIndex = at;
    const match = PART.exec(rest);
    if (!match) return undefined;
    totalMs += Number(match[1]) * UNIT_MS[match[2]!]!;
    at = PART.lastIndex;
  }
  // Go durations are 64-bit nanoseconds: 2^63 ns is about 292 years.
  if (totalMs > 9_223_372_036_854) return undefined;
  return sign * totalMs;
}

/** Like parseDuration, but throws `invalid-argument` naming `what`. */
export function requireDuration(what: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw new MeshError(
      'invalid-argument',
      `${what}: invalid duration "${text}", accepted are a number and a unit such as 10s, 5m, 1h30m`,
    );
  }
  return ms;
}

/** Go's way to write a duration: "1m30s", "1.5s", "250ms", "0s". */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const abs = Math.abs(ms);
  if (abs < 1e-3) return `${sign}${Math.round(abs * 1e6)}ns`;
  if (abs < 1) return `${sign}${trimNumber(abs * 1e3)}µs`;
  if (abs < 1000) return `${sign}${trimNumber(abs)}ms`;
  const hours = Math.floor(abs / 3_600_000);
  const minutes = Math.floor((abs % 3_600_000) / 60_000);
  const seconds = trimNumber((abs % 60_000) / 1000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  if (minutes > 0) return `${sign}${minutes}m${seconds}s`;
  return `${sign}${seconds}s`;
}

function trimNumber(value: number): string {
  return String(Number(value.toFixed(9)));
}
