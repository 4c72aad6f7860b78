import type { ServerMember } from '../server-member.ts';
import { ServerList } from './server-list.ts';

const server = (host: number) => ({ rpcAddress: `10.0.0.${host}:8300` }) as ServerMember;
const servers = (...hosts: number[]) => hosts.map(server);

describe('servers of a datacenter', () => {
  let nowMs: number;
  let floats: number;
  let poolSize: number;
  let list: ServerList;
  beforeEach(() => {
    nowMs = 0;
    floats = 0;
    poolSize = 3;
    list = new ServerList({
      // A different order each time, the same in each run.
      random: { float: () => (floats++ * 0.37 + 0.11) % 1 },
      clock: { monotonicMs: () => nowMs },
      poolSize: () => poolSize,
    });
  });

  /** Addresses in the order in which they come when each fails. */
  function order(): readonly (string | undefined)[] {
    const first = list.pick();
    const all = [first];
    for (list.failed(first!); list.pick() !== first; list.failed(all.at(-1)!))
      all.push(list.pick());
    return all;
  }

  it('knows none at first', () => {
    expect(list.pick()).toBeUndefined();
    list.failed('10.0.0.1:8300');
    expect(list.pick()).toBeUndefined();
  });

  it('keeps to one until it fails, and comes back to it when all others have', () => {
    list.update(servers(1, 2, 3));
    const first = list.pick();
    expect(list.pick()).toBe(first);
    const all = order();
    expect([...all].sort()).toEqual(['10.0.0.1:8300', '10.0.0.2:8300', '10.0.0.3:8300']);
    list.failed('10.9.9.9:1');
    expect(list.pick()).toBe(all[0]);
  });

  it('drops servers that went, and keeps the order of the others', () => {
    list.update(servers(1, 2, 3));
    const [one, two, three] = order();
    const gone = Number(/(\d):/.exec(two!)![1]);
    list.update(servers(...[1, 2, 3].filter((host) => host !== gone)));
    expect(order()).toEqual([one, three]);
    list.update([]);
    expect(list.pick()).toBeUndefined();
  });

  it('gives servers that come a random place', () => {
    const firsts = new Set<string | undefined>();
    for (let round = 0; round < 40; round++) {
      list.update(servers(1));
      list.update(servers(1, 2));
      firsts.add(list.pick());
    }
    expect(firsts.size).toBe(2);
  });

  it('spreads load anew after two to three minutes', () => {
    list.update(servers(1, 2, 3, 4, 5));
    const before = order();
    nowMs = 119_999;
    expect(order()).toEqual(before);
    nowMs = 180_000;
    expect(order()).not.toEqual(before);
  });

  it('does so more rarely where there are many agents', () => {
    poolSize = 64 * 5 * 1000;
    list.update(servers(1, 2, 3, 4, 5));
    const before = order();
    nowMs = 999_999;
    expect(order()).toEqual(before);
    nowMs = 1_000_000;
    expect(order()).not.toEqual(before);
  });
});
