import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckWorld, eventually } from './testing/check-world.ts';
import type { CheckResult } from './types.ts';

describe('checks', () => {
  let world: CheckWorld;
  beforeEach(() => {
    world = new CheckWorld();
  });
  afterEach(() => world.stop());

  it('run first at a random point of the interval, then after each interval', async () => {
    world.start({ args: ['true'], intervalMs: 8000 });
    expect(world.timers.delaysMs).toEqual([2000]);
    world.timers.fire(2000);
    await eventually(() => world.results.length === 1);
    expect(world.timers.delaysMs).toEqual([8000]);
  });

  it('do not run more often than once a second, and say so', () => {
    world.start({ args: ['true'], intervalMs: 10 });
    expect(world.timers.delaysMs).toEqual([250]);
    expect(world.logged).toEqual([
      'WARN check has interval below minimum: check=c minimum_interval=1s',
    ]);
  });

  it('need something to do', () => {
    expect(() => world.start({})).toThrow('args, http, tcp');
  });

  it.each([
    [{ args: ['true'] }, 'script'],
    [{ http: 'http://127.0.0.1' }, 'http'],
    [{ tcp: '127.0.0.1:1' }, 'tcp'],
    [{ grpc: '127.0.0.1:1' }, 'grpc'],
    [{ ttlMs: 1000 }, 'ttl'],
    [{ aliasNode: 'n' }, 'alias'],
    [{ aliasService: 's' }, 'alias'],
    [{ dockerContainerId: 'd', args: ['true'] }, 'docker'],
  ])('are named as the API names them: %j', (settings, type) => {
    expect(world.start(settings).type).toBe(type);
  });

  it('start and stop as often as one likes', () => {
    const check = world.start({ args: ['true'] });
    check.start();
    expect(world.timers.delaysMs).toHaveLength(1);
    check.stop();
    check.stop();
    expect(world.timers.delaysMs).toEqual([]);
    check.start();
    expect(world.timers.delaysMs).toHaveLength(1);
  });

  it('log a change at the level that it deserves', async () => {
    await world.firstResult({ args: ['true'] });
    await world.firstResult({ args: ['sh', '-c', 'exit 1'] });
    await world.firstResult({ args: ['sh', '-c', 'exit 2'] });
    expect(world.logged).toEqual([
      'DEBUG Check status updated: check=c status=passing',
      'WARN Check is now warning: check=c',
      'WARN Check is now critical: check=c',
    ]);
  });

  it('change status after so many results in a row', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mesh-check-'));
    const file = join(dir, 'code');
    const codes = [2, 2, 0, 2, 2, 2, 0, 0];
    const counts: number[] = [];
    for (const [at, code] of codes.entries()) {
      writeFileSync(file, String(code));
      if (at === 0) {
        world.begin({
          args: ['sh', '-c', `exit $(cat ${file})`],
          successBeforePassing: 2,
          failuresBeforeCritical: 3,
        });
      } else world.timers.fire(1000);
      await eventually(() => world.timers.delaysMs.includes(1000));
      counts.push(world.results.length);
    }
    rmSync(dir, { recursive: true });
    expect(counts).toEqual([0, 0, 0, 0, 0, 1, 1, 2]);
    expect(world.results.map((result) => result.status)).toEqual(['critical', 'passing']);
    expect(world.logged[0]).toBe(
      'WARN Check failed but has not reached failure threshold: ' +
        'check=c status=critical failure_count=1 failure_threshold=3',
    );
    expect(world.logged[2]).toBe(
      'WARN Check passed but has not reached success threshold: ' +
        'check=c status=passing success_count=1 success_threshold=2',
    );
  });

  describe('alias', () => {
    it('follows its source until stopped', () => {
      let change: (result: CheckResult) => void = () => {};
      let watched = 0;
      const check = world.start(
        { aliasService: 'db' },
        {
          aliasSource: {
            watch: (target, onChange) => {
              expect(target).toEqual({ service: 'db', node: '' });
              watched++;
              change = onChange;
              return () => watched--;
            },
          },
        },
      );
      check.start();
      expect(watched).toBe(1);
      change({ status: 'critical', output: 'down' });
      check.stop();
      expect(watched).toBe(0);
      change({ status: 'passing', output: 'too late' });
      expect(world.results).toEqual([{ status: 'critical', output: 'down' }]);
    });

    it('leaves a source whose first word stopped it', () => {
      let watched = 0;
      let onFirst = () => {};
      const check = world.start(
        { aliasNode: 'n' },
        {
          aliasSource: {
            watch: (_, onChange) => {
              watched++;
              onChange({ status: 'critical', output: '' });
              return () => watched--;
            },
          },
          report: () => onFirst(),
        },
      );
      expect(watched).toBe(1);
      check.stop();
      onFirst = () => check.stop();
      check.start();
      expect(watched).toBe(0);
    });
  });
});
