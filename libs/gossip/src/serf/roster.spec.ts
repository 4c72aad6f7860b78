import { IntentBuffer } from './intent-buffer.ts';
import { LamportClock, MAX_LAMPORT_TIME } from './lamport-clock.ts';
import { MemberTable } from './member-table.ts';
import { type MemberFacts, Roster } from './roster.ts';
import type { SerfEvent } from './types.ts';
import { SERF_STATUS } from './types.ts';

const HOUR_MS = 3_600_000;

function facts(name: string, changes: Partial<MemberFacts> = {}): MemberFacts {
  return {
    name,
    host: '10.0.0.1',
    port: 7946,
    tags: {},
    versions: [1, 5, 2, 2, 5, 4],
    ...changes,
  };
}

function setUp() {
  const table = new MemberTable();
  const clock = new LamportClock();
  const intents = new IntentBuffer(() => table.size);
  const events: SerfEvent[] = [];
  const erased: string[] = [];
  const flaps = { count: 0 };
  const self = { isLeaving: false };
  const roster = new Roster({
    ownName: 'me',
    table,
    intents,
    clock,
    isLeaving: () => self.isLeaving,
    emit: (event) => events.push(event),
    onFlap: () => {
      flaps.count += 1;
    },
    onErase: (name) => erased.push(name),
    pruneDelayMs: 8000,
    keepMs: { failed: 72 * HOUR_MS, left: 24 * HOUR_MS },
  });
  const status = (name: string) => table.get(name)?.member.status;
  const told = () =>
    events
      .splice(0)
      .flatMap((event) =>
        'members' in event ? event.members.map(({ name }) => `${event.kind} ${name}`) : [],
      );
  roster.joined(facts('me'), 0);
  roster.joined(facts('a'), 0);
  told();
  return { roster, table, clock, intents, erased, flaps, self, status, told };
}

describe('what the layer below sees', () => {
  it('takes a newcomer for alive', () => {
    const { roster, table, told } = setUp();
    roster.joined(facts('b', { tags: { role: 'x' } }), 0);
    expect(table.get('b')).toEqual({
      member: { ...facts('b', { tags: { role: 'x' } }), status: SERF_STATUS.alive },
      statusTime: 0,
      goneAtMs: undefined,
    });
    expect(told()).toEqual(['member-join b']);
  });

  it('takes a death without an announcement for a failure', () => {
    const { roster, status, told, table } = setUp();
    roster.departed('a', 500);
    expect([status('a'), told()]).toEqual([SERF_STATUS.failed, ['member-failed a']]);
    expect(table.get('a')?.goneAtMs).toBe(500);
  });

  it('takes a death with an announcement for a leave', () => {
    const { roster, status, told } = setUp();
    expect(roster.leaveIntent('a', 4, false, 0)).toBe('accepted');
    expect([status('a'), told()]).toEqual([SERF_STATUS.leaving, []]);
    roster.departed('a', 0);
    expect([status('a'), told()]).toEqual([SERF_STATUS.left, ['member-leave a']]);
  });

  it('tells each death once, and none of strangers', () => {
    const { roster, told } = setUp();
    for (const name of ['a', 'a', 'stranger']) roster.departed(name, 0);
    expect(told()).toEqual(['member-failed a']);
  });

  it.each([true, false])('welcomes back who was gone (announced: %s)', (announced) => {
    const { roster, status, told, table } = setUp();
    if (announced) roster.leaveIntent('a', 4, false, 0);
    roster.departed('a', 0);
    told();
    roster.joined(facts('a', { host: '10.0.0.9', tags: { v: '2' } }), 0);
    expect([status('a'), told()]).toEqual([SERF_STATUS.alive, ['member-join a']]);
    expect(table.get('a')).toMatchObject({
      member: { host: '10.0.0.9', tags: { v: '2' } },
      goneAtMs: undefined,
      statusTime: announced ? 4 : 0,
    });
  });

  it.each([
    [false, 59_999, 1],
    [false, 60_000, 0],
    [true, 1, 0],
  ])(
    'counts who comes back soon after a failure (announced: %s, %d ms)',
    (announced, ms, count) => {
      const { roster, flaps } = setUp();
      if (announced) roster.leaveIntent('a', 4, false, 1000);
      roster.departed('a', 1000);
      roster.joined(facts('a'), 1000 + ms);
      expect(flaps.count).toBe(count);
    },
  );

  it.each([
    [{ tags: { role: 'x' } }],
    [{ host: '10.0.0.2' }],
    [{ port: 1 }],
    [{ versions: [1, 5, 2, 2, 5, 5] as const }],
  ])('tells an update of %j, once', (changes) => {
    const { roster, told } = setUp();
    for (let times = 0; times < 2; times += 1) roster.updated(facts('a', changes));
    expect(told()).toEqual(['member-update a']);
  });

  it('ignores updates of strangers', () => {
    const { roster, told, status } = setUp();
    roster.updated(facts('stranger'));
    expect([told(), status('stranger')]).toEqual([[], undefined]);
  });
});

describe('the table', () => {
  it('gives the same list until a member changes', () => {
    const { roster, table } = setUp();
    const before = table.list();
    roster.joinIntent('a', 5, 0);
    expect(table.list()).toBe(before);
    roster.leaveIntent('a', 6, false, 0);
    expect(table.list()).not.toBe(before);
    expect(table.list().map(({ status }) => status)).toEqual([1, 2]);
    expect([table.count(1), table.count(2), table.gone()]).toEqual([1, 1, []]);
    roster.departed('a', 0);
    expect([table.count(2), table.count(3), table.gone().length]).toEqual([0, 1, 1]);
  });
});

describe('intents', () => {
  it('witness their times', () => {
    const { roster, clock } = setUp();
    roster.joinIntent('a', 10, 0);
    expect(clock.time).toBe(11);
    roster.leaveIntent('stranger', 20, false, 0);
    expect(clock.time).toBe(21);
  });

  it('count only when they are newer than the last', () => {
    const { roster, table } = setUp();
    expect(roster.joinIntent('a', 5, 0)).toBe(true);
    expect(roster.joinIntent('a', 5, 0)).toBe(false);
    expect(roster.leaveIntent('a', 5, false, 0)).toBe('stale');
    expect(roster.leaveIntent('a', 6, false, 0)).toBe('accepted');
    expect(roster.leaveIntent('a', 6, false, 0)).toBe('stale');
    expect(table.get('a')?.statusTime).toBe(6);
  });

  it('a join takes back a leave', () => {
    const { roster, status, told } = setUp();
    roster.leaveIntent('a', 5, false, 0);
    expect(roster.joinIntent('a', 6, 0)).toBe(true);
    expect(status('a')).toBe(SERF_STATUS.alive);
    roster.departed('a', 0);
    expect(told()).toEqual(['member-failed a']);
  });

  it('a join brings nobody back from the dead', () => {
    const { roster, status, table } = setUp();
    roster.departed('a', 0);
    expect(roster.joinIntent('a', 6, 0)).toBe(true);
    expect([status('a'), table.get('a')?.statusTime]).toEqual([SERF_STATUS.failed, 6]);
  });

  it('a leave makes a failed member left at once', () => {
    const { roster, status, told, table } = setUp();
    roster.departed('a', 70);
    told();
    expect(roster.leaveIntent('a', 5, false, 90)).toBe('accepted');
    expect([status('a'), told()]).toEqual([SERF_STATUS.left, ['member-leave a']]);
    expect(table.get('a')?.goneAtMs).toBe(70);
  });

  it('about a member that left only move the time', () => {
    const { roster, status, told, table } = setUp();
    roster.leaveIntent('a', 5, false, 0);
    roster.departed('a', 0);
    told();
    expect(roster.leaveIntent('a', 9, false, 0)).toBe('accepted');
    expect([status('a'), told(), table.get('a')?.statusTime]).toEqual([SERF_STATUS.left, [], 9]);
  });

  it('wait for their member: a join gives its time', () => {
    const { roster, table } = setUp();
    expect(roster.joinIntent('b', 7, 0)).toBe(true);
    expect(roster.joinIntent('b', 7, 0)).toBe(false);
    roster.joined(facts('b'), 0);
    expect(table.get('b')).toMatchObject({
      member: { status: SERF_STATUS.alive },
      statusTime: 7,
    });
  });

  it('wait for their member: a leave makes it leaving', () => {
    const { roster, table, told } = setUp();
    expect(roster.leaveIntent('b', 7, false, 0)).toBe('accepted');
    expect(roster.leaveIntent('b', 6, false, 0)).toBe('stale');
    roster.joined(facts('b'), 0);
    expect(table.get('b')).toMatchObject({
      member: { status: SERF_STATUS.leaving },
      statusTime: 7,
    });
    roster.departed('b', 0);
    expect(told()).toEqual(['member-join b', 'member-leave b']);
  });

  it('that say we leave are refuted, unless we do', () => {
    const { roster, self, status, clock } = setUp();
    expect(roster.leaveIntent('me', 5, false, 0)).toBe('refute');
    expect([status('me'), clock.time]).toEqual([SERF_STATUS.alive, 6]);
    expect(roster.joinIntent('me', 6, 0)).toBe(true);
    expect(roster.leaveIntent('me', 5, false, 0)).toBe('stale');
    // As new as our join: others may have believed it.
    expect(roster.leaveIntent('me', 6, false, 0)).toBe('refute');
    self.isLeaving = true;
    expect(roster.leaveIntent('me', 8, false, 0)).toBe('accepted');
    expect(status('me')).toBe(SERF_STATUS.leaving);
  });

  it('of unbelievable times are nothing', () => {
    const { roster, clock, intents } = setUp();
    const time = MAX_LAMPORT_TIME + 1;
    expect(roster.joinIntent('a', time, 0)).toBe(false);
    expect(roster.leaveIntent('b', time, false, 0)).toBe('stale');
    expect([clock.time, intents.size]).toEqual([1, 0]);
  });
});

describe('pruning', () => {
  it('forgets a failed member at once', () => {
    const { roster, told, status, erased } = setUp();
    roster.departed('a', 0);
    told();
    roster.leaveIntent('a', 5, true, 0);
    expect(told()).toEqual(['member-leave a', 'member-reap a']);
    expect([status('a'), erased]).toEqual([undefined, ['a']]);
  });

  it('forgets a member that left at once', () => {
    const { roster, told } = setUp();
    roster.leaveIntent('a', 5, false, 0);
    roster.departed('a', 0);
    told();
    roster.leaveIntent('a', 6, true, 0);
    expect(told()).toEqual(['member-reap a']);
  });

  it('lets a leaving member leave first', () => {
    const { roster, told, status } = setUp();
    roster.leaveIntent('a', 5, true, 1000);
    expect(roster.nextPruningMs()).toBe(9000);
    roster.finishPruning(8999);
    expect(status('a')).toBe(SERF_STATUS.leaving);
    roster.departed('a', 9000);
    roster.finishPruning(9000);
    expect(told()).toEqual(['member-leave a', 'member-reap a']);
    expect(roster.nextPruningMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('spares a member that says it stays', () => {
    const { roster, status } = setUp();
    roster.leaveIntent('a', 5, true, 1000);
    roster.joinIntent('a', 6, 2000);
    roster.finishPruning(9000);
    expect(status('a')).toBe(SERF_STATUS.alive);
  });

  it('spares a member that came back', () => {
    const { roster, status } = setUp();
    roster.leaveIntent('a', 5, true, 1000);
    roster.departed('a', 2000);
    roster.joined(facts('a'), 0);
    roster.finishPruning(9000);
    expect(status('a')).toBe(SERF_STATUS.alive);
  });
});

describe('reaping', () => {
  it('forgets the failed after 72 hours', () => {
    const { roster, told, erased } = setUp();
    roster.departed('a', 0);
    told();
    roster.reap(72 * HOUR_MS);
    expect(told()).toEqual([]);
    roster.reap(72 * HOUR_MS + 1);
    expect([told(), erased]).toEqual([['member-reap a'], ['a']]);
  });

  it('forgets the left after 24 hours', () => {
    const { roster, told } = setUp();
    roster.leaveIntent('a', 5, false, 0);
    roster.departed('a', 0);
    told();
    roster.reap(24 * HOUR_MS);
    expect(told()).toEqual([]);
    roster.reap(24 * HOUR_MS + 1);
    expect(told()).toEqual(['member-reap a']);
  });

  it('keeps the living', () => {
    const { roster, told } = setUp();
    roster.reap(1000 * HOUR_MS);
    expect(told()).toEqual([]);
  });
});
