import { appendFileSync } from 'node:fs';

/**
 * A number that the runner of long fault tests (tools/faults) sets by `MESH_FAULTS_<NAME>`; CI runs
 * with the fallback.
 */
export function faultSetting(name: string, fallback: number): number {
  const text = process.env[`MESH_FAULTS_${name}`];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`MESH_FAULTS_${name}=${text}`);
  return value;
}

/** Prints one line of results, and appends it to the file that the runner reads. */
export function reportFaults(line: string): void {
  process.stdout.write(`faults: ${line}\n`);
  const file = process.env['MESH_FAULTS_REPORT'];
  if (file) appendFileSync(file, `${line}\n`);
}

/** `median 1.2 s, worst 2.3 s` of milliseconds. */
export function describeTimes(timesMs: readonly number[]): string {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return `median ${seconds(median)}, worst ${seconds(sorted.at(-1)!)}`;
}

/** Small seeded generator (mulberry32): a failure replays as far as processes do. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
