/** Running loads and reading what they print. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Middle value; the mean of the two middle ones for an even count. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Measures two sides in turn, so that what else the machine does hits both, and returns the medians and
 * the median of the ratios ours / yardstick.
 */
export async function alternate(rounds, ours, yardstick) {
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await yardstick();
    pairs.push({ ours: await ours(), theirs });
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    theirs: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}

export function requireTool(name) {
  if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0) {
    throw new Error(`${name} is not installed (Debian package ${name})`);
  }
}

/** Runs a program and returns its stdout; throws with its stderr when it fails. */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${command}: exit ${code}\n${stderr}`)),
    );
  });
}

/** Requests a second, by wrk; throws if any answer was not 2xx. */
export async function wrk(url, { connections = 32, seconds = 4, script } = {}) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`];
  if (script) args.push('-s', script);
  const output = await capture('wrk', [...args, url]);
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(output);
  if (bad) throw new Error(`${url}: ${bad[1]} answers were not 2xx`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]);
}

/** Queries a second, by dnsperf over UDP. */
export async function dnsperf(port, queryFile, seconds = 4) {
  const output = await capture('dnsperf', [
    ...['-s', '127.0.0.1', '-p', String(port), '-d', queryFile],
    ...['-l', String(seconds), '-c', '8', '-q', '256'],
  ]);
  const lost = Number(/Queries lost:\s+(\d+)/.exec(output)[1]);
  const completed = Number(/Queries completed:\s+(\d+)/.exec(output)[1]);
  if (lost > completed / 100) throw new Error(`dnsperf lost ${lost} of ${completed + lost}`);
  return Number(/Queries per second:\s+([\d.]+)/.exec(output)[1]);
}

/** Resident memory in bytes (VmRSS). */
export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
}

/** CPU seconds used so far, user and system. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const isLinux = existsSync('/proc/self/stat');
