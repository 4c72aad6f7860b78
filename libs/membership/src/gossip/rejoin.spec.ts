import type { GossipAddress } from '@mesh/gossip';
import { GossipWorld } from '../testing/gossip-world.ts';
import { Rejoin } from './rejoin.ts';

const members = [1, 2, 3].map((at) => ({
  name: `n${at}`,
  address: { host: `10.0.0.${at}`, port: 8301 },
}));

describe('going back to the members of the last run', () => {
  let world: GossipWorld;
  let tried: string[];
  let there: string | undefined;
  let isWanted: boolean;
  let rejoin: Rejoin;
  beforeEach(() => {
    world = new GossipWorld();
    tried = [];
    there = undefined;
    isWanted = true;
    rejoin = new Rejoin({
      join: async ({ host }: GossipAddress) => {
        tried.push(host);
        if (host !== there) throw new Error('nobody');
      },
      isWanted: () => isWanted,
      platform: world.platform,
      logger: world.logger('serf.lan'),
    });
  });
  const settle = () => world.advance(0);

  it('tries one after the other until one answers', async () => {
    there = '10.0.0.2';
    rejoin.start(members);
    await settle();
    expect(tried.at(-1)).toBe(there);
    expect(world.timers.pending).toBe(0);
    expect(world.lines.at(-1)).toBe(
      '[INFO] serf.lan: serf: Re-joined to previously known node: n2: 10.0.0.2:8301',
    );
  });

  it('goes on while nobody answers, ever more rarely', async () => {
    rejoin.start(members);
    await settle();
    expect([...tried].sort()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    expect(world.lines.at(-1)).toContain('Failed to re-join any previously known node');
    await world.advance(1000);
    expect(tried).toHaveLength(6);
    await world.advance(1999);
    expect(tried).toHaveLength(6);
    await world.advance(1);
    expect(tried).toHaveLength(9);
    await world.advance(3_600_000);
    expect(tried.length).toBeLessThan(9 + 3 * 125);
    there = '10.0.0.3';
    await world.advance(30_000);
    expect(world.timers.pending).toBe(0);
  });

  it('ends when it is not wanted any more', async () => {
    rejoin.start(members);
    await settle();
    isWanted = false;
    await world.advance(30_000);
    expect(tried).toHaveLength(3);
    expect(world.timers.pending).toBe(0);
  });

  it('stops', async () => {
    rejoin.start(members);
    rejoin.stop();
    await settle();
    await world.advance(30_000);
    expect(tried.length).toBeLessThanOrEqual(3);
    expect(world.timers.pending).toBe(0);
  });

  it('does nothing when there was nobody', async () => {
    rejoin.start([]);
    await settle();
    expect(world.lines).toEqual([]);
  });
});
