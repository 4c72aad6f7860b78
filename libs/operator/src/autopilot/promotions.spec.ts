import fc from 'fast-check';
import { SampledCluster, type SampledServer } from '../testing/sampled-cluster.ts';
import { duePromotions } from './promotions.ts';

let cluster: SampledCluster;
beforeEach(() => {
  cluster = new SampledCluster();
});
const due = () => duePromotions(cluster.health, cluster.limits, cluster.nowMs).map(({ id }) => id);

test('who has no vote gets it after ten seconds of health', () => {
  cluster.look({ a: {}, b: { isVoter: false } }, 0);
  cluster.look(undefined, 9999);
  expect(due()).toEqual([]);
  cluster.look(undefined, 1);
  expect(due()).toEqual(['b']);
});

test('the time is a setting; at 0 the first sign of health is enough', () => {
  cluster.limits = { ...cluster.limits, serverStabilizationMs: 0 };
  cluster.look({ a: {}, b: { isVoter: false, stats: null }, c: { isVoter: false } });
  expect(due()).toEqual(['c']);
});

test('several at once; voters and those that want no vote are left alone', () => {
  const servers = { a: {}, b: { isVoter: false }, c: { isVoter: false }, d: {} };
  cluster.look({ ...servers, e: { isVoter: false, nonVoter: true } });
  cluster.look(undefined, 60_000);
  expect(due()).toEqual(['b', 'c']);
});

test('a relapse begins the time anew', () => {
  cluster.look({ a: {}, b: { isVoter: false } });
  cluster.look({ a: {}, b: { isVoter: false, behind: 300 } }, 9000);
  cluster.look({ a: {}, b: { isVoter: false } }, 1000);
  cluster.look(undefined, 9999);
  expect(due()).toEqual([]);
  cluster.look(undefined, 1);
  expect(due()).toEqual(['b']);
});

test('whatever happens, only the steadily healthy are promoted', () => {
  const moment = fc.record({
    afterMs: fc.integer({ min: 0, max: 6000 }),
    b: fc.constantFrom<SampledServer>(
      ...[{}, {}, {}, { contactMs: 500 }, { stats: null }, { state: 'failed' } as const],
      ...[{ behind: 900 }, { term: 4 }],
    ),
  });
  fc.assert(
    fc.property(fc.array(moment, { maxLength: 30 }), (moments) => {
      const flapping = new SampledCluster();
      let wellSinceMs: number | undefined;
      for (const { afterMs, b } of moments) {
        flapping.look({ a: {}, b: { ...b, isVoter: false } }, afterMs);
        if (Object.keys(b).length > 0) wellSinceMs = undefined;
        else wellSinceMs ??= flapping.nowMs;
        const isDue = duePromotions(flapping.health, flapping.limits, flapping.nowMs).length > 0;
        const isSteady = wellSinceMs !== undefined && flapping.nowMs - wellSinceMs >= 10_000;
        expect(isDue).toBe(isSteady);
      }
    }),
    { numRuns: 500 },
  );
});
