import { CheckWorld } from '../testing/check-world.ts';

describe('ttl checks', () => {
  let world: CheckWorld;
  beforeEach(() => {
    world = new CheckWorld();
  });
  afterEach(() => world.stop());

  it('are critical when nobody reports in time', () => {
    world.start({ ttlMs: 5000 });
    world.timers.fire(5000);
    expect(world.results).toEqual([{ status: 'critical', output: 'TTL expired' }]);
    expect(world.logged).toEqual(['WARN Check missed TTL, is now critical: check=c']);
    expect(world.timers.delaysMs).toEqual([]);
  });

  it('begin their time anew with each report', () => {
    const check = world.start({ ttlMs: 5000 });
    check.setTtl!({ status: 'passing', output: 'all good' });
    expect(world.timers.delaysMs).toEqual([5000]);
    world.timers.fire(5000);
    check.setTtl!({ status: 'warning', output: '' });
    expect(world.timers.delaysMs).toEqual([5000]);
    world.timers.fire(5000);
    expect(world.results).toEqual([
      { status: 'passing', output: 'all good' },
      {
        status: 'critical',
        output: 'TTL expired (last output before timeout follows): all good',
      },
      { status: 'warning', output: '' },
      { status: 'critical', output: 'TTL expired' },
    ]);
    expect(world.logged[0]).toBe('DEBUG Check status updated: check=c status=passing');
  });

  it('keep the beginning of a long report and say so', () => {
    const check = world.start({ ttlMs: 5000, outputMaxBytes: 6 });
    check.setTtl!({ status: 'passing', output: 'abcde€' });
    expect(world.results[0]!.output).toBe('abcde ... (captured 6 of 8 bytes)');
    check.setTtl!({ status: 'passing', output: 'abcdef' });
    expect(world.results[1]!.output).toBe('abcdef');
  });

  it('take no report once stopped', () => {
    const check = world.start({ ttlMs: 5000 });
    check.stop();
    check.setTtl!({ status: 'passing', output: '' });
    expect(world.results).toEqual([]);
    expect(world.timers.delaysMs).toEqual([]);
  });
});
