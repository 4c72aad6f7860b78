import { type MeshError, silentLogger } from '@mesh/base';
import { PoolWorld, settle, statuses } from '../testing/pool-world.ts';
import { Joiner, type JoinerOptions } from './joiner.ts';
import type { PoolMembership } from './pool-membership.ts';

const INTERVAL_MS = 30_000;

describe('joining at the start', () => {
  let world: PoolWorld;
  let pool: PoolMembership;
  let joiner: Joiner;
  const givenUp: MeshError[] = [];
  beforeEach(async () => {
    givenUp.length = 0;
    world = new PoolWorld();
    pool = await world.add(1);
  });
  afterEach(async () => {
    await joiner.stop();
    await world.stop();
  });

  async function start(options: Partial<JoinerOptions>): Promise<void> {
    joiner = new Joiner({
      start: [],
      retry: [],
      retryIntervalMs: INTERVAL_MS,
      retryMaxAttempts: 0,
      membership: pool,
      timers: world.timers,
      logger: silentLogger,
      onGivenUp: (error) => givenUp.push(error),
      ...options,
    });
    await joiner.start();
    await settle();
  }

  const tries = () => world.sent.filter(({ from }) => from === '10.0.0.1').length;

  it('-join: one that answers is enough, none ends the start', async () => {
    await world.add(2);
    await start({ start: ['10.0.0.9', '10.0.0.2'] });
    expect(statuses(pool)).toEqual(['n1:alive', 'n2:alive']);
    await expect(start({ start: ['10.0.0.9'] })).rejects.toMatchObject({
      message: 'Failed to join 10.0.0.9: nobody at 10.0.0.9:8301',
    });
  });

  it('-retry-join: quick tries first, then one each interval, until somebody is there', async () => {
    await start({ retry: ['10.0.0.2'] });
    expect(tries()).toBe(1);
    await world.advance(INTERVAL_MS);
    expect(tries()).toBe(8);
    await world.advance(INTERVAL_MS);
    expect(tries()).toBe(9);
    await world.add(2);
    await world.advance(INTERVAL_MS);
    expect(statuses(pool)).toEqual(['n1:alive', 'n2:alive']);
    await pool.stop();
    const done = tries();
    await world.advance(3 * INTERVAL_MS);
    expect(tries()).toBe(done);
    expect(givenUp).toEqual([]);
  });

  it('-retry-max: the agent ends after so many intervals', async () => {
    await start({ retry: ['10.0.0.2'], retryMaxAttempts: 2 });
    await world.advance(2 * INTERVAL_MS - 1);
    expect(givenUp).toEqual([]);
    await world.advance(1);
    await settle();
    expect(givenUp).toMatchObject([{ message: 'agent: max join retry exhausted, exiting' }]);
    const done = tries();
    await world.advance(3 * INTERVAL_MS);
    expect(tries()).toBe(done);
  });

  it('reaching itself alone is neither success nor failure', async () => {
    await start({ retry: ['10.0.0.1'], retryMaxAttempts: 1 });
    await world.advance(3 * INTERVAL_MS);
    expect(givenUp).toEqual([]);
    const two = await world.add(2);
    await two.join(['10.0.0.1'], false);
    await world.advance(INTERVAL_MS);
    await pool.stop();
    await two.stop();
    const done = tries();
    await world.advance(2 * INTERVAL_MS);
    expect(tries()).toBe(done);
  });

  it('an interval of nothing does not make it spin', async () => {
    await start({ retry: ['10.0.0.2'], retryIntervalMs: 0 });
    await world.advance(1000);
    expect(tries()).toBeLessThanOrEqual(11);
  });

  it('stops', async () => {
    await start({ retry: ['10.0.0.2'] });
    await joiner.stop();
    await world.advance(2 * INTERVAL_MS);
    expect(tries()).toBe(1);
    expect(givenUp).toEqual([]);
  });
});
