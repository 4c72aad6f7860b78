/** What was measured, beside what the published behaviour lets expect. */
export interface Measure {
  readonly what: string;
  readonly value: string;
  /** Empty where nothing is expected. */
  readonly expected: string;
  readonly isWithin: boolean;
}

/** The value below which a share of the values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** A time in seconds, `never` for Infinity. */
export function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : 'never';
}
