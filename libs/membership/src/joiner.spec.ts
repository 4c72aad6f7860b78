import { MeshError, silentLogger } from '@mesh/base';
import { ManualTimers } from '@mesh/testkit';
import { Joiner, type JoinerOptions } from './joiner.ts';
import type { Member } from './membership.ts';

const INTERVAL_MS = 30_000;
const one = {} as Member;

describe('joining at the start', () => {
  let timers: ManualTimers;
  let joiner: Joiner;
  let members: Member[];
  let wanMembers: Member[];
  let answer: () => Promise<number>;
  const tried: string[] = [];
  const givenUp: MeshError[] = [];
  beforeEach(() => {
    timers = new ManualTimers();
    members = [one];
    wanMembers = [one];
    tried.length = 0;
    givenUp.length = 0;
    answer = () => Promise.reject(new MeshError('internal', 'nobody'));
  });
  afterEach(() => joiner.stop());

  async function start(options: Partial<JoinerOptions>): Promise<void> {
    joiner = new Joiner({
      ...{ start: [], retry: [], retryIntervalMs: INTERVAL_MS, retryMaxAttempts: 0 },
      membership: {
        join: (addresses, wan) => {
          tried.push(`${wan ? 'wan' : 'lan'} ${addresses.join()}`);
          return answer();
        },
        members: () => members,
        wanMembers: () => wanMembers,
      },
      ...{ timers, logger: silentLogger },
      onGivenUp: (error) => givenUp.push(error),
      ...options,
    });
    await joiner.start();
    await new Promise(setImmediate);
  }

  it('-join: must succeed', async () => {
    await expect(start({ start: ['a'] })).rejects.toThrow('nobody');
    answer = async () => 1;
    await start({ start: ['a', 'b'] });
    expect(tried).toEqual(['lan a', 'lan a,b']);
    expect(timers.pending).toBe(0);
  });

  it('-retry-join: quick tries first, then one each interval, until somebody is there', async () => {
    await start({ retry: ['a'] });
    expect(tried).toHaveLength(1);
    await timers.advance(INTERVAL_MS);
    expect(tried).toHaveLength(8);
    await timers.advance(INTERVAL_MS);
    expect(tried).toHaveLength(9);
    answer = async () => 1;
    members = [one, one];
    await timers.advance(INTERVAL_MS);
    expect(tried).toHaveLength(10);
    expect(timers.pending).toBe(0);
    expect(givenUp).toEqual([]);
  });

  it('-retry-max: the agent ends after so many intervals', async () => {
    await start({ retry: ['a'], retryMaxAttempts: 2 });
    await timers.advance(2 * INTERVAL_MS - 1);
    expect(givenUp).toEqual([]);
    await timers.advance(1);
    expect(givenUp).toMatchObject([{ message: 'agent: max join retry exhausted, exiting' }]);
    expect(timers.pending).toBe(0);
  });

  it('reaching itself alone is neither success nor failure', async () => {
    answer = async () => 1;
    await start({ retry: ['a'], retryMaxAttempts: 1 });
    await timers.advance(3 * INTERVAL_MS);
    expect(givenUp).toEqual([]);
    members = [one, one];
    await timers.advance(INTERVAL_MS);
    expect(timers.pending).toBe(0);
  });

  it('joins the WAN pool', async () => {
    answer = async () => 1;
    members = [one, one];
    await start({ start: ['a'], retry: ['b'], wan: true });
    expect(tried).toEqual(['wan a', 'wan b']);
    expect(timers.pending).toBe(1);
    wanMembers = [one, one];
    await timers.advance(INTERVAL_MS);
    expect(timers.pending).toBe(0);
    expect(joiner.name).toBe('join-wan');
  });

  it('an interval of nothing does not make it spin', async () => {
    await start({ retry: ['a'], retryIntervalMs: 0 });
    await timers.advance(1000);
    expect(tried.length).toBeLessThanOrEqual(11);
  });

  it('stops', async () => {
    await start({ retry: ['a'] });
    await joiner.stop();
    await timers.advance(2 * INTERVAL_MS);
    expect(tried).toHaveLength(1);
    expect(givenUp).toEqual([]);
  });
});
