import { SERF_STATUS, type SerfStatus } from '@mesh/gossip';
import { toyWorld } from '../../testing/toy-core.ts';
import type { Member } from '../world/pool-world.ts';
import { disagreement } from './agreement.ts';
import { ConstantChecks } from './constant-checks.ts';
import { strangers } from './strangers.ts';
import { Truth } from './truth.ts';

const { alive, failed, left, leaving } = SERF_STATUS;

/** Three members that see each other as `views` says, from who looks to whom it sees. */
function setUp() {
  const { world, core, add } = toyWorld();
  const members = [world.add(), add(), add()] as [Member, Member, Member];
  world.found(members[0]);
  for (const member of members) member.joinedMs = 1;
  const truth = new Truth(world);
  const checks = new ConstantChecks(world, truth);
  const views = new Map<string, SerfStatus | undefined>();
  const tags = new Map<string, object>();
  for (const { name } of members) {
    (core(name) as unknown as { member: (of: string) => object | undefined }).member = (of) => {
      const view = `${name} ${of}`;
      const status = views.has(view) ? views.get(view) : alive;
      const { address } = world.member(of)!;
      if (status === undefined) return undefined;
      return { name: of, ...address, tags: tags.get(view) ?? {}, status };
    };
  }
  const verdict = () => disagreement(world, truth, checks);
  return { world, members, truth, checks, views, tags, core, verdict };
}

test('all is well where all see all as it is', () => {
  const { world, members, views, verdict } = setUp();
  expect(verdict()).toBeUndefined();
  world.crash(members[2]);
  expect(verdict()).toBe('m0: m2 is gone, but is alive');
  views.set('m0 m2', failed).set('m1 m2', failed);
  expect(verdict()).toBeUndefined();
});

test('a member that runs has to be known, alive, with its tags and its address', () => {
  const { members, views, tags, verdict } = setUp();
  for (const [status, told] of [
    [undefined, 'does not know m2'],
    [failed, 'm2 runs, but is failed'],
    [leaving, 'm2 runs, but is leaving'],
  ] as const) {
    views.set('m1 m2', status);
    expect(verdict()).toBe(`m1: ${told}`);
  }
  views.clear();
  members[2].tags = { v: '2' };
  for (const { name } of members) tags.set(`${name} m2`, { v: '2' });
  tags.set('m1 m2', { v: '1' });
  expect(verdict()).toBe('m1: the tags of m2 are {"v":"2"}, not {"v":"1"}');
});

test('everybody has to be in', () => {
  const { members, verdict } = setUp();
  members[1].joinedMs = Number.POSITIVE_INFINITY;
  expect(verdict()).toBe('not all that run have joined');
});

test('who left in calm weather has left for all; else all have to say the same', () => {
  const { world, members, truth, views, verdict } = setUp();
  world.crash(members[2]);
  views.set('m0 m2', left).set('m1 m2', left);
  expect(verdict()).toBe('m0: m2 is gone, but is left');
  truth.beganToLeave(members[2]);
  expect(verdict()).toBeUndefined();
  views.set('m1 m2', failed);
  expect(verdict()).toBe('m2 is left for m0 and failed for m1');
  truth.left.set(members[2], { atMs: 0, isCalm: true });
  expect(verdict()).toBe('m1: m2 left in calm weather, but is failed');
  views.set('m1 m2', undefined);
  expect(verdict()).toBeUndefined();
});

test('an event has to come to all who were there', () => {
  const { members, truth, checks, verdict } = setUp();
  const fired = { name: 'event-1', atMs: 50, by: members[0], lamportTime: 4 };
  truth.fired.set('event-1', fired);
  expect(verdict()).toBeUndefined();
  const told = { kind: 'user-event', name: 'event-1' } as never;
  checks.event(members[0], told);
  expect(verdict()).toBe('m1 was never told event-1');
  checks.event(members[1], told);
  expect(verdict()).toBe('m2 was never told event-1');
  members[2].eventsSince = 5;
  expect(verdict()).toBeUndefined();
});

test('strangers are those who could never find each other', () => {
  const { world, views, members } = setUp();
  views.set('m0 m2', undefined).set('m1 m2', undefined);
  views.set('m2 m0', undefined).set('m2 m1', failed);
  expect(strangers(world)).toEqual([]);
  views.set('m2 m1', left);
  expect(strangers(world)).toEqual([[members[2], members[0]]]);
});
