import { availableParallelism, cpus } from 'node:os';
import type { CheckRunner } from './checks/check-runner.ts';
import type { LocalState } from './local-state/local-state.ts';

/** Statistics group by group, as self and `consul info` show them. */
export type Stats = Record<string, Readonly<Record<string, string>>>;

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The groups that every agent has: agent, build and runtime. */
export function agentStats(state: LocalState, runner: CheckRunner, version: string): Stats {
  const { monitors, ttls } = runner.counts();
  return {
    agent: {
      check_monitors: String(monitors),
      check_ttls: String(ttls),
      checks: String(state.listChecks().length),
      services: String(state.listServices().length),
    },
    build: { prerelease: '', revision: '', version },
    runtime: {
      arch: ARCHITECTURES[process.arch] ?? process.arch,
      cpu_count: String(cpus().length),
      // The nearest that this runtime has: things that keep the event loop busy.
      goroutines: String(process.getActiveResourcesInfo().length),
      max_procs: String(availableParallelism()),
      os: process.platform,
      version: `node${process.version}`,
    },
  };
}

/** All groups, sorted by name. */
export function mergeStats(...parts: readonly Readonly<Stats>[]): Stats {
  const merged: Stats = Object.assign({}, ...parts);
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
}
