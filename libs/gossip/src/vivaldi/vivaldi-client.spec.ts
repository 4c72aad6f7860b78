import * as fc from 'fast-check';
import { originCoordinate, roundTripSeconds } from './coordinate.ts';
import type { NetworkCoordinate } from './types.ts';
import { VivaldiClient } from './vivaldi-client.ts';

/** Linear congruential, so that a run can be repeated. */
function seeded(seed: number): { float(): number } {
  let state = seed >>> 0;
  return {
    float: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
  };
}

/** Draws that point along the first axis alone. */
const ALONG_FIRST_AXIS = () => {
  let drawn = 0;
  return { float: () => (drawn++ % 8 === 0 ? 1 : 0.5) };
};

function at(first: number, changes: Partial<NetworkCoordinate> = {}): NetworkCoordinate {
  return { ...originCoordinate(), Vec: [first, 0, 0, 0, 0, 0, 0, 0], ...changes };
}

describe('a new client', () => {
  it('is at the origin and knows nothing', () => {
    expect(new VivaldiClient(seeded(1)).coordinate).toEqual({
      Vec: [0, 0, 0, 0, 0, 0, 0, 0],
      Error: 1.5,
      Adjustment: 0,
      Height: 1e-5,
    });
  });
});

describe('one observation', () => {
  it('moves, corrects the error, adjusts and is pulled back by exact amounts', () => {
    const client = new VivaldiClient(seeded(1));
    const { Vec, Error: error, Adjustment, Height } = client.update('b', at(0.1), 0.2);
    // distance 0.10002, weight 1/2, so the force is 1/8 of what is missing.
    const force = 0.125 * (0.2 - 0.10002);
    const height = (2e-5 * force) / 0.1 + 1e-5;
    const gravity = ((force + height + 1e-5 + Adjustment) / 150) ** 2;
    expect(Vec[0]).toBeCloseTo(-force + gravity, 12);
    expect(Vec.slice(1)).toEqual([0, 0, 0, 0, 0, 0, 0].map((zero) => expect.closeTo(zero, 15)));
    const wrongness = (0.2 - 0.10002) / 0.2;
    expect(error).toBeCloseTo(0.125 * wrongness + 1.5 * 0.875, 12);
    expect(Adjustment).toBeCloseTo((0.2 - (0.1 + force + height + 1e-5)) / 40, 12);
    expect(Height).toBeGreaterThan(1e-5);
    expect(Height).toBeCloseTo(height, 8);
  });

  it('leaves the same place in a random direction', () => {
    const client = new VivaldiClient(ALONG_FIRST_AXIS());
    const { Vec, Height } = client.update('b', originCoordinate(), 0.1);
    expect(Vec[0]).toBeCloseTo(0.125 * (0.1 - 2e-5), 6);
    expect(Vec.slice(1)).toEqual([0, 0, 0, 0, 0, 0, 0].map((zero) => expect.closeTo(zero, 15)));
    expect(Height).toBe(1e-5);
  });

  it('takes a round trip of nothing for a microsecond', () => {
    const client = new VivaldiClient(seeded(1));
    const { Error: error } = client.update('b', at(0), 0);
    expect(error).toBe(1.5);
    expect(client.resets).toBe(0);
  });

  it('counts the median of three round trips', () => {
    const steady = new VivaldiClient(seeded(3));
    const jumpy = new VivaldiClient(seeded(3));
    for (const rtt of [0.1, 0.1, 0.1]) steady.update('b', at(0.05), rtt);
    for (const rtt of [0.1, 0.1, 9]) jumpy.update('b', at(0.05), rtt);
    expect(jumpy.coordinate).toEqual(steady.coordinate);
  });

  it('forgets the round trips of a peer that is gone', () => {
    const kept = new VivaldiClient(seeded(3));
    const renewed = new VivaldiClient(seeded(3));
    for (const client of [kept, renewed]) {
      client.update('b', at(0.05), 0.1);
      client.update('b', at(0.05), 0.1);
    }
    renewed.forget('b');
    kept.update('b', at(0.05), 1);
    renewed.update('b', at(0.05), 1);
    expect(renewed.coordinate.Error).toBeGreaterThan(kept.coordinate.Error);
  });
});

describe('what cannot be believed', () => {
  const wrong: readonly (readonly [string, NetworkCoordinate, number])[] = [
    ['a NaN place', at(Number.NaN), 0.1],
    ['an infinite place', at(Number.POSITIVE_INFINITY), 0.1],
    ['a place out of the world', at(1e300), 0.1],
    ['a NaN error', at(0, { Error: Number.NaN }), 0.1],
    ['an infinite error', at(0, { Error: Number.POSITIVE_INFINITY }), 0.1],
    ['an error below 0', at(0, { Error: -0.1 }), 0.1],
    ['a NaN height', at(0, { Height: Number.NaN }), 0.1],
    ['a height below 0', at(0, { Height: -1e-5 }), 0.1],
    ['an infinite adjustment', at(0, { Adjustment: Number.NEGATIVE_INFINITY }), 0.1],
    ['seven dimensions', { ...at(0), Vec: [0, 0, 0, 0, 0, 0, 0] }, 0.1],
    ['nine dimensions', { ...at(0), Vec: [0, 0, 0, 0, 0, 0, 0, 0, 0] }, 0.1],
    ['a round trip below 0', at(0.1), -1e-9],
    ['a round trip over 10 s', at(0.1), 10.000001],
    ['a NaN round trip', at(0.1), Number.NaN],
    ['an infinite round trip', at(0.1), Number.POSITIVE_INFINITY],
  ];

  it.each(wrong)('refuses %s and stays', (_, other, rtt) => {
    const client = new VivaldiClient(seeded(1));
    client.update('b', at(0.1), 0.2);
    const before = client.coordinate;
    expect(() => client.update('c', other, rtt)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
    expect(client.coordinate).toBe(before);
  });

  it('accepts 10 s and an adjustment below 0', () => {
    const client = new VivaldiClient(seeded(1));
    expect(() => client.update('b', at(0.1, { Adjustment: -0.02 }), 10)).not.toThrow();
  });

  it('never becomes invalid, whatever is accepted', () => {
    const value = fc.double({ min: -1000, max: 1000, noNaN: true });
    const size = fc.double({ min: 0, max: 1000, noNaN: true });
    const step = fc.record({
      other: fc.record({
        Vec: fc.array(value, { minLength: 8, maxLength: 8 }),
        Error: size,
        Adjustment: value,
        Height: size,
      }),
      rtt: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const client = new VivaldiClient(seeded(7));
        for (const { other, rtt } of steps) client.update('b', other, rtt);
        const { Vec, ...scalars } = client.coordinate;
        const all = [...Vec, ...Object.values(scalars)];
        return all.every(Number.isFinite) && scalars.Error <= 1.5 && scalars.Height >= 1e-5;
      }),
    );
  });
});

describe('convergence', () => {
  /** Runs a pool whose true round trips are given, each member probing a random other. */
  function settle(count: number, rtt: (a: number, b: number) => number, rounds: number) {
    const random = seeded(42);
    const clients = Array.from({ length: count }, (_, index) => new VivaldiClient(seeded(index)));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, client] of clients.entries()) {
        const other = Math.floor(random.float() * count);
        const peer = clients[other];
        if (other !== index && peer) client.update(`m${other}`, peer.coordinate, rtt(index, other));
      }
    }
    return relativeErrors(clients, rtt);
  }

  function relativeErrors(
    clients: readonly VivaldiClient[],
    rtt: (a: number, b: number) => number,
  ): { mean: number; worst: number } {
    const errors: number[] = [];
    for (const [a, one] of clients.entries()) {
      for (const [b, other] of clients.entries()) {
        if (a >= b) continue;
        const actual = rtt(a, b);
        errors.push(Math.abs(roundTripSeconds(one.coordinate, other.coordinate) - actual) / actual);
      }
    }
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    return { mean, worst: Math.max(...errors) };
  }

  it('finds a line of members 10 ms apart', () => {
    const { mean, worst } = settle(10, (a, b) => Math.abs(a - b) * 0.01, 1000);
    expect(mean).toBeLessThan(0.01);
    expect(worst).toBeLessThan(0.1);
  });

  it('finds a grid of 25 members', () => {
    const side = 5;
    const rtt = (a: number, b: number) =>
      0.01 * Math.hypot((a % side) - (b % side), Math.floor(a / side) - Math.floor(b / side));
    const { mean, worst } = settle(25, rtt, 1000);
    expect(mean).toBeLessThan(0.01);
    expect(worst).toBeLessThan(0.1);
  });

  it('finds two datacenters', () => {
    const rtt = (a: number, b: number) => (a % 2 === b % 2 ? 0.001 : 0.1);
    const { mean } = settle(24, rtt, 1000);
    expect(mean).toBeLessThan(0.15);
  });
});
