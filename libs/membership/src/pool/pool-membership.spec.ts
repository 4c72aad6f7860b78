import type { Logger } from '@mesh/base';
import { silentLogger } from '@mesh/base';
import { MEMBER_STATUS } from '../membership.ts';
import { PORT, PoolWorld, settle, statuses, testMember } from '../testing/pool-world.ts';
import type { PoolMembership } from './pool-membership.ts';

const SECOND_MS = 1000;
/** After so long a silent member has failed. */
const FAILURE_MS = 8 * SECOND_MS;

describe('a pool of servers', () => {
  let world: PoolWorld;
  beforeEach(() => {
    world = new PoolWorld();
  });
  afterEach(() => world.stop());

  async function three(): Promise<[PoolMembership, PoolMembership, PoolMembership]> {
    const pools = [await world.add(1), await world.add(2), await world.add(3)] as const;
    await pools[1].join(['10.0.0.1'], false);
    await pools[2].join(['10.0.0.2'], false);
    await settle();
    return [...pools];
  }

  it('is entered by one address: everybody learns of everybody', async () => {
    const pools = await three();
    await world.advance(2 * SECOND_MS);
    for (const pool of pools) expect(statuses(pool)).toEqual(['n1:alive', 'n2:alive', 'n3:alive']);
    expect(pools[0].stats()).toMatchObject({
      serf_lan: { members: '3', failed: '0', left: '0' },
      serf_wan: { members: '1' },
    });
  });

  it('counts who was reached; being one of them oneself is no failure', async () => {
    const one = await world.add(1);
    await world.add(2);
    expect(await one.join(['10.0.0.1', `10.0.0.2:${PORT}`, '10.0.0.9'], false)).toBe(2);
    expect(statuses(one)).toEqual(['n1:alive', 'n2:alive']);
    expect(await one.join([], false)).toBe(0);
  });

  it('says why nobody could be joined', async () => {
    const one = await world.add(1);
    await expect(one.join(['10.0.0.9', ':::'], false)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^Failed to join 10.0.0.9, :::: nobody at .*":::" is no addr/),
    });
    await expect(one.join(['10.0.0.2'], true)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('notices who is silent, and that it is back', async () => {
    const [one] = await three();
    const seen: string[] = [];
    const unsubscribe = one.onChange(() => seen.push(statuses(one).join(' ')));
    world.isolate(3);
    await world.advance(2 * SECOND_MS);
    expect(statuses(one)).toContain('n3:alive');
    await world.advance(FAILURE_MS);
    expect(statuses(one)).toContain('n3:failed');
    expect(one.stats().serf_lan).toMatchObject({ members: '3', failed: '1' });
    world.heal(3);
    await world.advance(2 * SECOND_MS);
    expect(statuses(one)).toContain('n3:alive');
    expect(seen).toEqual(['n1:alive n2:alive n3:failed', 'n1:alive n2:alive n3:alive']);
    unsubscribe();
    world.isolate(3);
    await world.advance(FAILURE_MS);
    expect(seen).toHaveLength(2);
  });

  it('does not take its own standstill for the failure of others', async () => {
    const [one] = await three();
    world.isolate(2);
    world.timers.nowMs += 60 * SECOND_MS;
    await world.advance(2 * SECOND_MS);
    expect(statuses(one)).toContain('n2:alive');
    world.heal(2);
    await world.advance(FAILURE_MS);
    expect(statuses(one)).toEqual(['n1:alive', 'n2:alive', 'n3:alive']);
  });

  it('says goodbye: the others show it as left and ask no more', async () => {
    const [one, two, three3] = await three();
    await three3.leave();
    await three3.leave();
    expect(three3.local().Status).toBe(MEMBER_STATUS.left);
    for (const pool of [one, two]) expect(statuses(pool)).toContain('n3:left');
    await world.advance(FAILURE_MS);
    // It still answers until its process ends: that does not bring it back.
    await one.join(['10.0.0.3'], false);
    for (const pool of [one, two]) expect(statuses(pool)).toContain('n3:left');
    await world.crash(3, three3);
    world.sent.length = 0;
    await world.advance(5 * SECOND_MS);
    expect(world.sent.filter(({ to }) => to.startsWith('10.0.0.3'))).toEqual([]);
    world.timers.nowMs += 25 * 3_600 * SECOND_MS;
    await world.advance(2 * SECOND_MS);
    expect(statuses(one)).toEqual(['n1:alive', 'n2:alive']);
  });

  it('an answer from before the leave does not bring a member back', async () => {
    const one = await world.add(1);
    let answer: (value: unknown) => void = () => {};
    const hello = { from: testMember('n2', { Addr: '10.0.0.2' }), members: [] };
    world.serve(2, () => Promise.resolve(hello));
    await one.join(['10.0.0.2'], false);
    world.serve(2, () => new Promise((resolve) => (answer = resolve)));
    await world.advance(SECOND_MS);
    await one.handler('Pool.Leave', { name: 'n2' }, context());
    answer(hello);
    await settle();
    expect(statuses(one)).toEqual(['n1:alive', 'n2:left']);
    // When it calls by itself, it is back.
    await one.handler('Pool.Hello', hello, context());
    expect(statuses(one)).toEqual(['n1:alive', 'n2:alive']);
  });

  it('an operator declares a failed member gone', async () => {
    const [one, two, lost] = await three();
    await world.crash(3, lost);
    await world.advance(FAILURE_MS);
    await one.forceLeave('n3', false);
    for (const pool of [one, two]) expect(statuses(pool)).toContain('n3:left');
    await one.forceLeave('n3', true);
    for (const pool of [one, two]) expect(statuses(pool)).toEqual(['n1:alive', 'n2:alive']);
    await expect(one.forceLeave('n3', false)).rejects.toMatchObject({
      code: 'not-found',
      message: "agent: No node found with name 'n3'",
    });
    await one.forceLeave('n1', false);
    expect(statuses(one)).toContain('n1:alive');
  });

  it('one that is well refutes being declared gone', async () => {
    const [one, two] = await three();
    await one.forceLeave('n2', false);
    expect(statuses(one)).toContain('n2:left');
    await world.advance(2 * SECOND_MS);
    for (const pool of [one, two]) expect(statuses(pool)).toContain('n2:alive');
  });

  it('forgets members that failed three days ago', async () => {
    const table = await world.add(1);
    const two = await world.add(2);
    await table.join(['10.0.0.2'], false);
    await world.crash(2, two);
    await world.advance(FAILURE_MS);
    world.timers.nowMs += 73 * 3_600 * SECOND_MS;
    await world.advance(2 * SECOND_MS);
    expect(statuses(table)).toEqual(['n1:alive']);
  });

  describe('refuses', () => {
    const errors: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (message, fields) => errors.push(`${message}: ${fields?.name}, ${fields?.reason}`),
    };
    let one: PoolMembership;
    beforeEach(async () => {
      errors.length = 0;
      one = await world.add(1, { logger });
      await world.add(2);
      await one.join(['10.0.0.2'], false);
    });

    it.each([
      ['its own name', { name: 'n1', id: 'other' }, 'n1, another agent has its name'],
      ['its own id', { name: 'n9', id: 'id-n1' }, 'n9, another agent has its id'],
      ["a member's name", { name: 'n2', id: 'other' }, 'n2, another agent has its name'],
      ["a member's id", { name: 'n9', id: 'id-n2' }, 'n9, another agent has its id'],
    ])('%s, and says so once', async (_what, options, said) => {
      const stranger = await world.add(3, options);
      await expect(stranger.join(['10.0.0.1'], false)).rejects.toMatchObject({
        message: expect.stringContaining('is refused'),
      });
      await expect(stranger.join(['10.0.0.1'], false)).rejects.toBeDefined();
      expect(statuses(one)).toEqual(['n1:alive', 'n2:alive']);
      expect(errors).toEqual([`refused a member: ${said}`]);
    });

    it('another datacenter, on both sides', async () => {
      const far = await world.add(3, { datacenter: 'dc2' });
      const why = { message: expect.stringContaining('is of datacenter "dc2"') };
      await expect(far.join(['10.0.0.1'], false)).rejects.toMatchObject(why);
      await expect(one.join(['10.0.0.3'], false)).rejects.toBeDefined();
      expect([...statuses(one), ...statuses(far)]).toEqual(['n1:alive', 'n2:alive', 'n3:alive']);
    });

    it('more members than a pool may have', async () => {
      for (let at = 3; at < 400; at++) {
        const Addr = `10.0.${at >> 8}.${at & 255}`;
        const hello = { from: testMember(`n${at}`, { Addr }), members: [] };
        await one.handler('Pool.Hello', hello, context()).catch(() => {});
      }
      expect(one.members()).toHaveLength(257);
      expect(errors).toHaveLength(64);
      expect(errors[0]).toBe('refused a member: n258, the pool is full');
    });
  });

  it('a replaced machine: the old member fails, the new one comes under its own name', async () => {
    const one = await world.add(1);
    const old = await world.add(2, { name: 'old' });
    await one.join(['10.0.0.2'], false);
    await world.crash(2, old);
    const fresh = await world.add(2, { name: 'fresh' });
    await fresh.join(['10.0.0.1'], false);
    await world.advance(FAILURE_MS);
    expect(statuses(one)).toEqual(['fresh:alive', 'n1:alive', 'old:failed']);
  });

  it('a wiped machine of the same name gets its place once the old one has failed', async () => {
    const one = await world.add(1);
    const old = await world.add(2);
    await one.join(['10.0.0.2'], false);
    await world.crash(2, old);
    const wiped = await world.add(2, { id: 'wiped' });
    await expect(wiped.join(['10.0.0.1'], false)).rejects.toBeDefined();
    await world.advance(FAILURE_MS);
    await wiped.join(['10.0.0.1'], false);
    expect(one.members().find(({ Name }) => Name === 'n2')!.Tags.id).toBe('wiped');
  });

  it('a renamed server does not stay under its old name', async () => {
    const one = await world.add(1);
    const old = await world.add(2);
    await one.join(['10.0.0.2'], false);
    await world.crash(2, old);
    const renamed = await world.add(2, { name: 'renamed', id: 'id-n2' });
    await world.advance(FAILURE_MS);
    await renamed.join(['10.0.0.1'], false);
    expect(statuses(one)).toEqual(['n1:alive', 'renamed:alive']);
  });

  it('a made-up list of members costs few calls', async () => {
    const one = await world.add(1);
    const members = Array.from({ length: 256 }, (_, at) =>
      testMember(`x${at}`, { Addr: `10.1.0.${at}` }),
    );
    const hello = { from: testMember('n2', { Addr: '10.0.0.2' }), members };
    for (let time = 0; time < 50; time++) await one.handler('Pool.Hello', hello, context());
    await settle();
    expect(world.sent.length).toBeLessThanOrEqual(64);
    expect(statuses(one)).toEqual(['n1:alive', 'n2:alive']);
  });
});

function context() {
  return { remoteAddress: '10.0.0.9:1', signal: new AbortController().signal };
}
