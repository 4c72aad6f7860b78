/**
 * Random histories of keys, sessions and time against a naive model: a map of pairs, a map of
 * sessions, a map of instants. Every answer, every pair and every index must agree.
 */
import type { KvPair } from '@mesh/api-contract';
import { utf8Bytes, utf8Text } from '@mesh/base';
import { PLAIN_WRITE } from '@mesh/resource';
import { sessionDestroy } from '@mesh/session';
import { type DomainWorld, domainWorld } from '@mesh/testkit';
import fc from 'fast-check';
import { kvApply } from './endpoint.ts';
import { pairsUnder } from './queries.ts';
import { lockDelays } from './table.ts';
import type { KvOperation } from './types.ts';

const IDS = ['s1', 's2', 's3'] as const;
const UUIDS: Readonly<Record<string, string>> = {
  s1: 'aaaaaaaa-0000-4000-8000-000000000001',
  s2: 'bbbbbbbb-0000-4000-8000-000000000002',
  s3: 'cccccccc-0000-4000-8000-000000000003',
};

const key = fc.constantFrom('a', 'a/', 'a/b', 'a/c', 'b');
const write = fc.record({
  key,
  value: fc.constantFrom('', 'x', 'y'),
  flags: fc.constantFrom<number | bigint>(0, 1, 18446744073709551615n),
});
const session = fc.constantFrom(...IDS);
/** How far the index named is from the pair's present one; `absent` is 0. */
const aim = fc.constantFrom('current', 'older', 'absent');
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('set' as const), write }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('cas' as const), write, aim }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('lock' as const), write, session }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('unlock' as const), write, session }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete-cas' as const), key, aim }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('delete-tree' as const),
      key: fc.constantFrom('', 'a', 'a/'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('open' as const),
      session,
      delayMs: fc.constantFrom(0, 5000, 90_000),
      behavior: fc.constantFrom<'release' | 'delete'>('release', 'delete'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('close' as const), session }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 4999, 5000, 60_000),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface ModelPair {
  value: string;
  flags: number | bigint;
  lockIndex: number;
  session: string | undefined;
  created: number;
  modified: number;
}

/** What the original documents, in the plainest form. */
class Model {
  readonly pairs = new Map<string, ModelPair>();
  readonly sessions = new Map<string, { delayMs: number; behavior: string }>();
  readonly delayedUntil = new Map<string, number>();

  aimedAt(name: string, aimed: string): number {
    const modified = this.pairs.get(name)?.modified ?? 0;
    if (aimed === 'absent') return 0;
    return aimed === 'current' ? modified : Math.max(1, modified - 1);
  }

  /** The answer; `refused` where the request fails. */
  write(step: Step, index: number, nowMs: number): boolean | 'refused' {
    switch (step.op) {
      case 'set':
        this.put(step.write, index, this.pairs.get(step.write.key)?.session, 0);
        return true;
      case 'cas': {
        const at = this.aimedAt(step.write.key, step.aim);
        if ((this.pairs.get(step.write.key)?.modified ?? 0) !== at) return false;
        this.put(step.write, index, this.pairs.get(step.write.key)?.session, 0);
        return true;
      }
      case 'lock':
        return this.lock(step, index, nowMs);
      case 'unlock': {
        const pair = this.pairs.get(step.write.key);
        if (pair?.session !== UUIDS[step.session] || !pair) return false;
        this.put(step.write, index, undefined, pair.lockIndex);
        return true;
      }
      case 'delete':
        this.pairs.delete(step.key);
        return true;
      case 'delete-cas': {
        const pair = this.pairs.get(step.key);
        if (pair && pair.modified !== this.aimedAt(step.key, step.aim)) return false;
        this.pairs.delete(step.key);
        return true;
      }
      case 'delete-tree':
        for (const name of [...this.pairs.keys()]) {
          if (name.startsWith(step.key)) this.pairs.delete(name);
        }
        return true;
      default:
        throw new Error(step.op);
    }
  }

  private lock(step: Step & { op: 'lock' }, index: number, nowMs: number): boolean | 'refused' {
    const id = UUIDS[step.session]!;
    if (!this.sessions.has(step.session)) return 'refused';
    const pair = this.pairs.get(step.write.key);
    if (pair?.session !== undefined && pair.session !== id) return false;
    if ((this.delayedUntil.get(step.write.key) ?? 0) > nowMs) return false;
    const lockIndex = (pair?.lockIndex ?? 0) + (pair?.session === id ? 0 : 1);
    this.put(step.write, index, id, lockIndex);
    return true;
  }

  close(name: string, index: number, nowMs: number): void {
    const ended = this.sessions.get(name);
    if (!ended) return;
    this.sessions.delete(name);
    for (const [key, pair] of [...this.pairs]) {
      if (pair.session !== UUIDS[name]) continue;
      if (ended.behavior === 'delete') this.pairs.delete(key);
      else this.pairs.set(key, { ...pair, session: undefined, modified: index });
      const delayMs = Math.min(ended.delayMs, 60_000);
      if (delayMs > 0) this.delayedUntil.set(key, nowMs + delayMs);
    }
  }

  private put(
    { key, value, flags }: { key: string; value: string; flags: number | bigint },
    index: number,
    session: string | undefined,
    lockIndex: number,
  ): void {
    const old = this.pairs.get(key);
    const pair = { value, flags, lockIndex, session };
    const same =
      old &&
      old.value === value &&
      old.flags === flags &&
      old.lockIndex === lockIndex &&
      old.session === session;
    if (same) return;
    this.pairs.set(key, { ...pair, created: old?.created ?? index, modified: index });
  }
}

function operationOf(step: Step, model: Model): KvOperation {
  if (!('write' in step)) {
    if (step.op === 'delete' || step.op === 'delete-tree') return step;
    if (step.op !== 'delete-cas') throw new Error(step.op);
    return { op: 'delete-cas', key: step.key, index: model.aimedAt(step.key, step.aim) };
  }
  const write = { ...step.write, value: utf8Bytes(step.write.value) };
  if (step.op === 'set') return { op: 'set', ...write };
  if (step.op === 'cas') {
    return { op: 'cas', ...write, index: model.aimedAt(write.key, step.aim) };
  }
  return { op: step.op, ...write, session: UUIDS[step.session]! };
}

async function perform({ rpc }: DomainWorld, step: Step, model: Model): Promise<unknown> {
  const index = rpc.store.view().index + 1;
  switch (step.op) {
    case 'wait':
      rpc.nowMs += step.ms;
      return undefined;
    case 'open': {
      if (model.sessions.has(step.session)) return undefined;
      rpc.apply(
        { type: 'session.create' },
        {
          ID: UUIDS[step.session],
          Name: '',
          Node: 'vm',
          LockDelay: step.delayMs * 1e6,
          Behavior: step.behavior,
          TTL: '',
          NodeChecks: [],
          ServiceChecks: null,
        },
      );
      model.sessions.set(step.session, step);
      return undefined;
    }
    case 'close':
      await rpc.write(sessionDestroy, { id: UUIDS[step.session]! }, PLAIN_WRITE);
      model.close(step.session, index, rpc.nowMs);
      return undefined;
    default: {
      const operation = operationOf(step, model);
      const answer = await rpc
        .write(kvApply, operation, PLAIN_WRITE)
        .catch((error) => (error.code === 'invalid-argument' ? 'refused' : error));
      expect([step, answer]).toEqual([step, model.write(step, index, rpc.nowMs)]);
      return undefined;
    }
  }
}

function shown(pair: KvPair): [string, ModelPair] {
  return [
    pair.Key,
    {
      value: pair.Value === null ? '' : utf8Text(pair.Value),
      flags: pair.Flags,
      lockIndex: pair.LockIndex,
      session: pair.Session,
      created: pair.CreateIndex,
      modified: pair.ModifyIndex,
    },
  ];
}

function expectSame({ rpc }: DomainWorld, model: Model): void {
  const view = rpc.store.view();
  const expected = [...model.pairs].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(pairsUnder(view, '').map(shown)).toEqual(expected);
  for (const { key, untilMs } of view.prefix(lockDelays, '')) {
    // A delay may be dropped once it is over, never before, and none may stand that the model
    // lacks.
    expect(model.delayedUntil.get(key)).toBe(untilMs);
  }
  for (const [key, untilMs] of model.delayedUntil) {
    if (untilMs > rpc.nowMs) expect(view.get(lockDelays, key)?.untilMs).toBe(untilMs);
  }
}

test('keys, locks and lock delays do what a naive model does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
      async (history) => {
        const world = await domainWorld();
        const model = new Model();
        for (const step of history) {
          await perform(world, step, model);
          expectSame(world, model);
        }
      },
    ),
    { numRuns: 200 },
  );
});
