import { base64Encode, invalid } from '@mesh/base';
import { SerfWorld, type WorldMember } from '../testing/serf-world.ts';
import { KeyQueryDigest, keyQuery } from './key-query.ts';
import type { KeyOperations, SerfEvent } from './types.ts';
import { SERF_STATUS } from './types.ts';

const { alive, leaving, left, failed } = SERF_STATUS;
const NONE = new Uint8Array();

/** What a member was told since the last look, in short: 'member-join m1'. */
function news({ events }: WorldMember): string[] {
  return events.splice(0).flatMap((event) => {
    if ('members' in event) return event.members.map(({ name }) => `${event.kind} ${name}`);
    return event.kind === 'user-event' ? `event ${event.name} ${event.lamportTime}` : event.kind;
  });
}

/** How the members see one of them; all the same, or an array of all. */
function view(members: readonly WorldMember[], name: string) {
  const views = members.map(({ core }) => core.member(name)?.status);
  return new Set(views).size === 1 ? views[0] : views;
}

function answersOf(events: readonly SerfEvent[], kind: 'query-ack' | 'query-response'): string[] {
  return events.flatMap((event) => (event.kind === kind ? event.from : [])).sort();
}

describe('a pool', () => {
  it('knows all its members, each told once', () => {
    const world = new SerfWorld();
    const members = world.pool(8);
    const names = members.map((_, index) => `m${index}`);
    for (const member of members) {
      expect(
        member.core
          .members()
          .map(({ name }) => name)
          .sort(),
      ).toEqual(names);
      const joins = news(member).filter((line) => line !== 'join-done');
      expect(joins.sort()).toEqual(names.map((name) => `member-join ${name}`));
    }
  });

  it('hears of changed tags', () => {
    const world = new SerfWorld();
    const members = world.pool(5);
    const [first, ...others] = members as [WorldMember, ...WorldMember[]];
    for (const member of members) news(member);
    world.act(first, (core) => core.setTags({ role: 'db' }, world.nowMs));
    world.until(() => others.every(({ core }) => core.member('m0')?.tags['role'] === 'db'));
    world.run(10_000);
    expect(members.map(news)).toEqual(members.map(() => ['member-update m0']));
  });

  it('tells a join that nobody answers', () => {
    const world = new SerfWorld();
    const [one, gone] = [world.add('one'), world.add('gone')];
    world.kill(gone);
    news(one);
    world.join(one, gone);
    world.until(() => one.events.length > 0);
    expect(one.events).toMatchObject([{ kind: 'join-done', id: 1, error: expect.any(String) }]);
  });
});

describe('user events', () => {
  it('reach everybody once, through packet loss', () => {
    const world = new SerfWorld();
    const members = world.pool(20);
    let sent = 0;
    world.loses = () => (sent++ * 7) % 10 === 0;
    for (const member of members) news(member);
    const [first, second] = members as [WorldMember, WorldMember];
    world.act(first, (core) => core.userEvent('a', new Uint8Array([1]), false, world.nowMs));
    world.act(second, (core) => core.userEvent('b', new Uint8Array([2]), true, world.nowMs));
    world.run(60_000);
    for (const { events } of members) {
      const told = events.flatMap((event) => (event.kind === 'user-event' ? [event.name] : []));
      expect(told.sort()).toEqual(['a', 'b']);
    }
  });

  it('of the past reach who joins, unless it ignores them', () => {
    const world = new SerfWorld();
    const [first] = world.pool(2) as [WorldMember];
    world.act(first, (core) => core.userEvent('old', NONE, false, world.nowMs));
    const [curious, forgetful] = [world.add('curious'), world.add('forgetful')];
    world.join(curious, first);
    world.join(forgetful, first, true);
    world.run(5000);
    expect(news(curious)).toContain('event old 1');
    expect(news(forgetful).filter((line) => line.startsWith('event'))).toEqual([]);
    world.act(first, (core) => core.userEvent('new', NONE, false, world.nowMs));
    world.run(5000);
    expect([news(curious), news(forgetful)]).toEqual([['event new 2'], ['event new 2']]);
  });

  it('of the past are not told again after a restart', () => {
    const world = new SerfWorld();
    const [first, second] = world.pool(2) as [WorldMember, WorldMember];
    world.act(first, (core) => core.userEvent('before', NONE, false, world.nowMs));
    world.run(5000);
    const clocks = second.core.clocks();
    world.kill(second);
    world.act(first, (core) => core.userEvent('between', NONE, false, world.nowMs));
    // As the snapshot file has it: one before the clock.
    const memory = {
      clock: clocks.member - 1,
      eventClock: clocks.event - 1,
      queryClock: clocks.query - 1,
    };
    const again = world.add('m1', { address: second.address, memory });
    world.join(again, first);
    world.run(5000);
    expect(news(again).filter((line) => line.startsWith('event'))).toEqual(['event between 2']);
  });
});

describe('queries', () => {
  /** Lets all members answer all queries. */
  function answerAll(world: SerfWorld, members: readonly WorldMember[]): void {
    for (const member of members) {
      for (const event of member.events.splice(0)) {
        if (event.kind === 'query') {
          const payload = new TextEncoder().encode(member.core.local().name);
          world.act(member, (core) => core.respond(event.query.token, payload, world.nowMs));
        }
        if (event.kind.startsWith('query-')) heard.push(event);
      }
    }
  }

  let heard: SerfEvent[] = [];

  beforeEach(() => {
    heard = [];
  });

  function ask(world: SerfWorld, members: readonly WorldMember[], relayFactor = 0): void {
    const [first] = members as [WorldMember];
    const params = { name: 'who', payload: NONE, ack: true, relayFactor };
    const { deadlineMs } = world.act(first, (core) => core.query(params, world.nowMs));
    while (world.nowMs <= deadlineMs) {
      world.run(50);
      answerAll(world, members);
    }
  }

  it('get an ack and an answer of everybody, then end', () => {
    const world = new SerfWorld();
    const members = world.pool(10);
    answerAll(world, members);
    ask(world, members);
    const names = members.map((_, index) => `m${index}`);
    expect(answersOf(heard, 'query-ack')).toEqual(names);
    expect(answersOf(heard, 'query-response')).toEqual(names);
    expect(heard.at(-1)?.kind).toBe('query-done');
    expect(heard.filter(({ kind }) => kind === 'query-done')).toHaveLength(1);
  });

  it('get more answers over bad links with relays', () => {
    const counts = [0, 3].map((relayFactor) => {
      const world = new SerfWorld();
      const members = world.pool(8);
      answerAll(world, members);
      heard = [];
      const [asker] = members as [WorldMember];
      let toAsker = 0;
      // Half of what is sent to the asker is lost.
      world.loses = (_, to) => to.port === asker.address.port && toAsker++ % 2 === 0;
      ask(world, members, relayFactor);
      return answersOf(heard, 'query-response').length;
    });
    const [plain = 0, relayed = 0] = counts;
    expect(relayed).toBeGreaterThan(plain);
    expect(new Set(answersOf(heard, 'query-response')).size).toBe(relayed);
  });

  it('are answered only by whom they are for', () => {
    const world = new SerfWorld();
    const members = world.pool(6);
    const [first, second] = members as [WorldMember, WorldMember];
    world.act(second, (core) => core.setTags({ role: 'db' }, world.nowMs));
    for (const params of [{ nodes: ['m1', 'nobody'] }, { tags: { role: '^d' } }]) {
      answerAll(world, members);
      heard = [];
      world.act(first, (core) =>
        core.query({ name: 'who', payload: NONE, ack: true, ...params }, world.nowMs),
      );
      for (let round = 0; round < 100; round += 1) {
        world.run(50);
        answerAll(world, members);
      }
      expect(answersOf(heard, 'query-ack')).toEqual(['m1']);
      expect(answersOf(heard, 'query-response')).toEqual(['m1']);
    }
  });

  it('for keys are done by everybody', () => {
    const world = new SerfWorld();
    const rings = new Map<number, string[]>();
    const keysOf = (port: number): KeyOperations => {
      const ring = ['old'];
      rings.set(port, ring);
      return {
        list: () => ring,
        install: (key) => ring.push(base64Encode(key)),
        use: () => {
          if (port === 2) throw invalid('disk full');
        },
        remove: () => {},
      };
    };
    const members = [1, 2, 3].map((port) =>
      world.add(`m${port}`, { address: { host: '10.0.0.2', port }, keys: keysOf(port) }),
    );
    const [first] = members as [WorldMember];
    for (const member of members.slice(1)) world.join(member, first);
    world.until(() => members.every(({ core }) => core.members().length === 3));
    const key = new Uint8Array(16);
    const operate = (operation: 'install' | 'use' | 'list') => {
      first.events.length = 0;
      world.act(first, (core) => core.query(keyQuery(operation, key, 0), world.nowMs));
      world.run(4000);
      const digest = new KeyQueryDigest(3);
      for (const event of first.events) {
        if (event.kind === 'query-response') digest.add(event.from, event.payload);
      }
      return digest.result();
    };
    expect(operate('install')).toMatchObject({ answers: 3, failures: 0, error: undefined });
    expect([...rings.values()]).toEqual([1, 2, 3].map(() => ['old', base64Encode(key)]));
    expect(operate('list')).toMatchObject({
      keys: { old: 3, [base64Encode(key)]: 3 },
      primaryKeys: { old: 3 },
    });
    expect(operate('use')).toMatchObject({
      error: '1/3 nodes reported failure',
      messages: { m2: 'disk full' },
    });
    expect(news(first)).not.toContain('query');
  });
});

describe('going', () => {
  it('in order is a leave, seen by all', () => {
    const world = new SerfWorld();
    const members = world.pool(5);
    const [first, ...others] = members as [WorldMember, ...WorldMember[]];
    for (const member of members) news(member);
    world.act(first, (core) => core.leave(world.nowMs));
    expect(first.core.local().status).toBe(leaving);
    world.until(() => first.events.some(({ kind }) => kind === 'leave-done'), 20_000);
    expect(view(members, 'm0')).toBe(left);
    world.kill(first);
    world.run(120_000);
    expect(others.map(news)).toEqual(others.map(() => ['member-leave m0']));
    expect(news(first)).toEqual(['member-leave m0', 'leave-done']);
  });

  it('takes about as long as the announcements need', () => {
    const world = new SerfWorld();
    const [first] = world.pool(3) as [WorldMember];
    const startedAtMs = world.nowMs;
    world.act(first, (core) => core.leave(world.nowMs));
    world.until(() => first.events.some(({ kind }) => kind === 'leave-done'), 20_000);
    expect(world.nowMs - startedAtMs).toBeLessThan(6000);
    expect(world.nowMs - startedAtMs).toBeGreaterThanOrEqual(3000);
  });

  it('without a word is a failure, seen by all', () => {
    const world = new SerfWorld();
    const members = world.pool(5);
    const [first, ...others] = members as [WorldMember, ...WorldMember[]];
    for (const member of members) news(member);
    world.kill(first);
    world.until(() => view(others, 'm0') === failed);
    expect(others.map(news)).toEqual(others.map(() => ['member-failed m0']));
  });

  it('by force makes a failed member left, everywhere', () => {
    const world = new SerfWorld();
    const members = world.pool(4);
    const [first, second, ...others] = members as [WorldMember, WorldMember, ...WorldMember[]];
    world.kill(first);
    world.until(() => view(members.slice(1), 'm0') === failed);
    expect(world.act(second, (core) => core.forceLeave('m0', false, world.nowMs))).toBe(true);
    world.until(() => view(members.slice(1), 'm0') === left);
    expect(others.map((other) => news(other).at(-1))).toEqual(others.map(() => 'member-leave m0'));
  });

  it('by force with prune forgets a failed member, everywhere', () => {
    const world = new SerfWorld();
    const members = world.pool(4);
    const [first, second, ...others] = members as [WorldMember, WorldMember, ...WorldMember[]];
    world.kill(first);
    world.until(() => view(members.slice(1), 'm0') === failed);
    world.act(second, (core) => core.forceLeave('m0', true, world.nowMs));
    world.until(() => view(members.slice(1), 'm0') === undefined);
    world.run(90_000);
    expect(view(members.slice(1), 'm0')).toBeUndefined();
    expect(others.map((other) => news(other).slice(-2))).toEqual(
      others.map(() => ['member-leave m0', 'member-reap m0']),
    );
  });

  it('by force does nothing to one who is there', () => {
    const world = new SerfWorld();
    const members = world.pool(4);
    const [, second] = members as [WorldMember, WorldMember];
    world.act(second, (core) => core.forceLeave('m0', true, world.nowMs));
    expect(second.core.member('m0')?.status).toBe(leaving);
    world.until(() => view(members, 'm0') === alive);
    world.run(30_000);
    expect(view(members, 'm0')).toBe(alive);
  });
});

describe('coming back', () => {
  it('after a leave is a join, and stays one', () => {
    const world = new SerfWorld();
    const members = world.pool(4);
    const [first, second, ...others] = members as [WorldMember, WorldMember, ...WorldMember[]];
    world.act(first, (core) => core.leave(world.nowMs));
    world.until(() => first.events.some(({ kind }) => kind === 'leave-done'), 20_000);
    world.kill(first);
    for (const member of [second, ...others]) news(member);
    const again = world.add('m0', { address: first.address });
    world.join(again, second);
    world.run(120_000);
    const all = [again, second, ...others];
    expect(view(all, 'm0')).toBe(alive);
    expect(others.map(news)).toEqual(others.map(() => ['member-join m0']));
    // And a crash after it is a failure, not the old leave.
    world.kill(again);
    world.until(() => view([second, ...others], 'm0') === failed);
  });

  it('happens by itself when the others reach a failed member again', () => {
    const world = new SerfWorld({ reconnectIntervalMs: 5000 });
    const members = world.pool(3);
    const [first, ...others] = members as [WorldMember, ...WorldMember[]];
    const cut = first.address.port;
    world.loses = (from, to) => from.port === cut || to.port === cut;
    world.until(() => view(others, 'm0') === failed);
    world.until(() => first.core.member('m1')?.status === failed);
    for (const member of members) news(member);
    // Long enough that the dead are no longer told of gossip.
    world.run(60_000);
    world.loses = () => false;
    world.until(() => members.every(({ core }) => core.members().every((m) => m.status === alive)));
    expect(others.map((other) => news(other).filter((line) => line.includes('m0')))).toEqual(
      others.map(() => ['member-join m0']),
    );
    expect(others.flatMap(news)).not.toContain('join-done');
  });

  it('is no longer possible after the reconnect timeout: reaped', () => {
    const world = new SerfWorld({ reconnectTimeoutMs: 60_000, reapIntervalMs: 5000 });
    const members = world.pool(3);
    const [first, ...others] = members as [WorldMember, ...WorldMember[]];
    world.kill(first);
    world.until(() => view(others, 'm0') === failed);
    world.until(() => view(others, 'm0') === undefined, 80_000);
    expect(others.map((other) => news(other).at(-1))).toEqual(others.map(() => 'member-reap m0'));
    expect(others.map(({ core }) => core.cachedCoordinate('m0'))).toEqual([undefined, undefined]);
  });
});

describe('two members of one name', () => {
  it('ask the others, and the one that they know stays', () => {
    const world = new SerfWorld({ deadNodeReclaimMs: 0 });
    const members = world.pool(4, { resolveConflicts: true });
    const [, second] = members as [WorldMember, WorldMember];
    const thief = world.add('m0', {
      address: { host: '10.0.0.66', port: 1 },
      resolveConflicts: true,
    });
    world.join(thief, second);
    world.run(30_000);
    expect(news(thief)).toContain('name-lost');
    expect(members.flatMap(news)).not.toContain('name-lost');
  });
});
