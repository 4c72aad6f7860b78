import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckWorld, eventually } from '../testing/check-world.ts';

/** True while the process is there and no zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('script checks', () => {
  let world: CheckWorld;
  let dir: string;
  beforeEach(() => {
    world = new CheckWorld();
    dir = mkdtempSync(join(tmpdir(), 'mesh-script-'));
  });
  afterEach(() => {
    world.stop();
    rmSync(dir, { recursive: true });
  });

  /** The pid that a script leaves in a file. */
  async function pidIn(name: string): Promise<number> {
    const read = () => {
      try {
        return readFileSync(join(dir, name), 'utf8');
      } catch {
        return '';
      }
    };
    await eventually(() => read().endsWith('\n'));
    return Number(read());
  }

  it.each([
    ['true', 'passing'],
    ['exit 1', 'warning'],
    ['exit 2', 'critical'],
    ['exit 255', 'critical'],
    ['kill -9 $$', 'critical'],
  ])('%s is %s', async (script, status) => {
    expect((await world.firstResult({ args: ['sh', '-c', script] })).status).toBe(status);
  });

  it('report what is printed on both streams, without a shell in between', async () => {
    const args = ['sh', '-c', 'echo out; echo "$0" >&2', '$HOME'];
    const { output } = await world.firstResult({ args });
    expect(output.split('\n').sort()).toEqual(['', '$HOME', 'out']);
  });

  it('run in the environment of the agent, with nothing to read', async () => {
    const args = ['sh', '-c', 'echo "$PATH"; cat'];
    expect((await world.firstResult({ args })).output).toBe(`${process.env['PATH']}\n`);
  });

  it('keep the end of a long output and say so', async () => {
    const script = 'head -c 100000 /dev/zero | tr "\\0" x; echo end';
    const settings = { args: ['sh', '-c', script], outputMaxBytes: 10 };
    const { output } = await world.firstResult(settings);
    expect(output).toBe('Captured 10 of 100004 bytes\n...\nxxxxxxend\n');
  });

  it.each([
    ['mesh-no-such-program', 'exec: "mesh-no-such-program": executable file not found in $PATH'],
    ['/no/such/program', 'fork/exec /no/such/program: no such file or directory'],
  ])('%s, which is not there, is critical', async (program, output) => {
    expect(await world.firstResult({ args: [program] })).toEqual({ status: 'critical', output });
  });

  it('a file that may not be run is critical', async () => {
    const file = join(dir, 'plain');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o600 });
    const result = await world.firstResult({ args: [file] });
    expect(result).toEqual({
      status: 'critical',
      output: `fork/exec ${file}: permission denied`,
    });
  });

  it('arguments that no program can have are critical', async () => {
    const result = await world.firstResult({ args: ['echo', 'a\0b'] });
    expect(result.status).toBe('critical');
  });

  it('are killed with their children when the time is over', async () => {
    // More than the stream between can hold: some was read when the pid is there.
    const say = 'head -c 4000000 /dev/zero | tr "\\0" x';
    const script = `${say}; sleep 600 & echo $! > ${dir}/pid; wait`;
    world.begin({ args: ['sh', '-c', script], timeoutMs: 3000, outputMaxBytes: 5 });
    const pid = await pidIn('pid');
    world.timers.fire(3000);
    await eventually(() => world.results.length === 1);
    const [result] = world.results;
    expect(result!.status).toBe('critical');
    expect(result!.output).toMatch(
      /^Timed out \(3s\) running check\n\nCaptured 5 of \d+ bytes\n\.\.\.\nxxxxx$/,
    );
    await eventually(() => !isAlive(pid));
  });

  it('have 30 seconds', async () => {
    world.begin({ args: ['sh', '-c', 'sleep 600'] });
    await eventually(() => world.timers.delaysMs.includes(30_000));
    world.timers.fire(30_000);
    await eventually(() => world.results.length === 1);
    expect(world.results[0]!.output).toBe('Timed out (30s) running check');
  });

  it('do not wait for a descendant that left the group with the output in its hands', async () => {
    const loop = `echo $$ > ${dir}/pid; while echo x; do sleep 0.01; done`;
    world.begin({ args: ['sh', '-c', `setsid sh -c '${loop}' & wait`], timeoutMs: 3000 });
    const pid = await pidIn('pid');
    world.timers.fire(3000);
    await eventually(() => world.results.length === 1);
    expect(world.results[0]!.status).toBe('critical');
    expect(world.timers.delaysMs).toEqual([1000]);
    // Nobody reads any more: the next write ends it.
    await eventually(() => !isAlive(pid));
  });

  it('are killed when the check is stopped, and nothing is reported', async () => {
    const check = world.begin({ args: ['sh', '-c', `echo $$ > ${dir}/pid; exec sleep 600`] });
    const pid = await pidIn('pid');
    check.stop();
    await eventually(() => !isAlive(pid));
    // What the stopped run would have said would have come before what another finds.
    await world.firstResult({ args: ['echo', 'other'] });
    expect(world.results).toEqual([{ status: 'passing', output: 'other\n' }]);
  });

  it('are stopped and started anew without a trace of the earlier run', async () => {
    const check = world.begin({ args: ['sh', '-c', `echo $$ >> ${dir}/pid; exec sleep 600`] });
    const pid = await pidIn('pid');
    check.stop();
    check.start();
    await eventually(() => !isAlive(pid) && world.timers.delaysMs.length === 1);
    expect(world.timers.delaysMs).toEqual([250]);
    expect(world.results).toEqual([]);
  });
});
