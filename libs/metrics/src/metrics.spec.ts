import fc from 'fast-check';
import { Aggregate } from './aggregate.ts';
import { createMetrics } from './metrics.ts';
import { PrefixFilter } from './prefix-filter.ts';

class TestClock {
  ms = Date.UTC(2026, 10, 23, 3, 31, 20);
  nowMs = () => this.ms;
  monotonicMs = () => this.ms;
}

let clock: TestClock;
beforeEach(() => {
  clock = new TestClock();
});

const make = (options: Partial<Parameters<typeof createMetrics>[0]> = {}) =>
  createMetrics({ clock, prometheusRetentionMs: 0, ...options });

describe('snapshot', () => {
  test('has the recorded shape', () => {
    const metrics = make();
    metrics.gauge('raft.applied_index', 12);
    metrics.count('rpc.query');
    metrics.count('rpc.query', 3);
    metrics.sample('fsm.ca', 2, { op: 'set-roots' });
    metrics.sample('fsm.ca', 4, { op: 'set-roots' });
    expect(metrics.snapshot()).toEqual({
      Timestamp: '2026-11-23 03:31:20 +0000 UTC',
      Gauges: [{ Name: 'consul.raft.applied_index', Value: 12, Labels: {} }],
      Points: [],
      Counters: [
        {
          Name: 'consul.rpc.query',
          Count: 2,
          Rate: 0.4,
          Sum: 4,
          Min: 1,
          Max: 3,
          Mean: 2,
          Stddev: Math.SQRT2,
          Labels: {},
        },
      ],
      Samples: [
        {
          Name: 'consul.fsm.ca',
          Count: 2,
          Rate: 0.6,
          Sum: 6,
          Min: 2,
          Max: 4,
          Mean: 3,
          Stddev: Math.SQRT2,
          Labels: { op: 'set-roots' },
        },
      ],
    });
  });

  test('shows the last complete interval', () => {
    const metrics = make();
    metrics.count('a');
    clock.ms += 10_000;
    metrics.count('b');
    expect(metrics.snapshot().Counters.map(({ Name }) => Name)).toEqual(['consul.a']);
    clock.ms += 10_000;
    expect(metrics.snapshot().Counters.map(({ Name }) => Name)).toEqual(['consul.b']);
    clock.ms -= 3_600_000;
    metrics.count('c');
    expect(metrics.snapshot().Counters).toHaveLength(0);
  });

  test('sorts, and takes labels in any order for the same series', () => {
    const metrics = make();
    metrics.count('z');
    metrics.count('a', 1, { x: '1', y: '2' });
    metrics.count('a', 1, { y: '2', x: '1' });
    const { Counters } = metrics.snapshot();
    expect(Counters.map(({ Name, Count }) => [Name, Count])).toEqual([
      ['consul.a', 2],
      ['consul.z', 1],
    ]);
  });

  test('names the host in gauges alone', () => {
    const metrics = make({ prefix: 'mesh', hostname: 'vm' });
    metrics.gauge('g', 1);
    metrics.count('c');
    const { Gauges, Counters } = metrics.snapshot();
    expect([Gauges[0]?.Name, Counters[0]?.Name]).toEqual(['mesh.vm.g', 'mesh.c']);
  });

  test('stays bounded', () => {
    const metrics = make({ prometheusRetentionMs: 1000 });
    for (let at = 0; at < 10_000; at++) {
      metrics.count('c', 1, { id: String(at) });
      metrics.gauge(`g${at}`, 1);
      metrics.sample('s', 1, { id: String(at) });
    }
    const { Counters, Gauges, Samples } = metrics.snapshot();
    expect([Counters.length, Gauges.length, Samples.length]).toEqual([4096, 4096, 4096]);
    expect(metrics.prometheus().length).toBeLessThan(5_000_000);
  });

  test('drops what is no number', () => {
    const metrics = make();
    metrics.gauge('g', Number.NaN);
    metrics.sample('s', Number.POSITIVE_INFINITY);
    expect(metrics.snapshot()).toMatchObject({ Gauges: [], Samples: [] });
  });
});

describe('prefix filter', () => {
  test('the longest prefix wins', () => {
    const filter = new PrefixFilter(['-consul.http', '+consul.http.GET', '+consul.raft'], false);
    expect(filter.keeps('consul.http.PUT.v1')).toBe(false);
    expect(filter.keeps('consul.http.GET.v1')).toBe(true);
    expect(filter.keeps('consul.raft.apply')).toBe(true);
    expect(filter.keeps('consul.other')).toBe(false);
    expect(new PrefixFilter([], true).keeps('consul.other')).toBe(true);
  });

  test('keeps filtered names out of every sink', () => {
    const metrics = make({ prefixFilter: ['-consul.http'], prometheusRetentionMs: 1000 });
    metrics.sample('http.GET.v1', 1);
    metrics.sample('raft.apply', 1);
    expect(metrics.snapshot().Samples.map(({ Name }) => Name)).toEqual(['consul.raft.apply']);
    expect(metrics.prometheus()).not.toContain('http');
  });

  test('refuses a rule without a sign', () => {
    expect(() => make({ prefixFilter: ['consul.http'] })).toThrow('"consul.http" must begin');
  });
});

describe('prometheus', () => {
  test('is off without a retention time', () => {
    expect(() => make().prometheus()).toThrow(
      'Prometheus is not enabled since its retention time is not positive',
    );
  });

  test('writes counters, gauges and summaries', () => {
    const metrics = make({ prometheusRetentionMs: 60_000 });
    metrics.count('rpc.query', 2);
    metrics.count('rpc.query', 3);
    metrics.gauge('runtime.alloc-bytes', 1.5, { 'a b': 'q"\\\n' });
    for (let value = 1; value <= 100; value++) metrics.sample('kvs.apply', value);
    expect(metrics.prometheus()).toBe(
      `${[
        '# HELP consul_kvs_apply consul_kvs_apply',
        '# TYPE consul_kvs_apply summary',
        'consul_kvs_apply{quantile="0.5"} 50',
        'consul_kvs_apply{quantile="0.9"} 90',
        'consul_kvs_apply{quantile="0.99"} 99',
        'consul_kvs_apply_sum 5050',
        'consul_kvs_apply_count 100',
        '# HELP consul_rpc_query consul_rpc_query',
        '# TYPE consul_rpc_query counter',
        'consul_rpc_query 5',
        '# HELP consul_runtime_alloc_bytes consul_runtime_alloc_bytes',
        '# TYPE consul_runtime_alloc_bytes gauge',
        'consul_runtime_alloc_bytes{a_b="q\\"\\\\\\n"} 1.5',
      ].join('\n')}\n`,
    );
  });

  test('series that are not updated expire; old observations leave the quantiles', () => {
    const metrics = make({ prometheusRetentionMs: 30_000 });
    metrics.sample('s', 7);
    metrics.count('c');
    clock.ms += 20_000;
    metrics.count('c');
    expect(metrics.prometheus()).toContain('consul_s{quantile="0.5"} NaN');
    clock.ms += 20_000;
    const text = metrics.prometheus();
    expect(text).not.toContain('consul_s');
    expect(text).toContain('consul_c 2');
  });
});

test('aggregates agree with their definitions', () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(numbers, (values) => {
      const totals = new Aggregate();
      for (const value of values) totals.add(value);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(totals.min).toBe(Math.min(...values));
      expect(totals.max).toBe(Math.max(...values));
      expect(totals.mean).toBeCloseTo(mean, 6);
      expect(totals.standardDeviation).toBeCloseTo(Math.sqrt(squares / (values.length - 1)), 6);
    }),
  );
});
