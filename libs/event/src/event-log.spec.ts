import { getEventListeners } from 'node:events';
import type { UserEvent } from '@mesh/api-contract';
import { ManualTimers } from '@mesh/testkit';
import { LocalEventBus } from './event-bus.ts';
import { eventIndex } from './event-index.ts';
import { EVENT_LOG_SIZE, EventLog } from './event-log.ts';
import type { LocalServices } from './event-target.ts';

const local: LocalServices = {
  nodeName: 'web-1.example',
  serviceNames: () => ['web', 'web-admin', 'db'],
  tagsOf: (service) =>
    ({ web: [['v1', 'rails'], ['v2']], 'web-admin': [['internal']], db: [[]] })[service] ?? [],
};

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function event(number: number, more: Partial<UserEvent> = {}): UserEvent {
  const filters = { NodeFilter: '', ServiceFilter: '', TagFilter: '' };
  const rest = { Payload: null, ...filters, Version: 1, LTime: number };
  return { ID: idOf(number), Name: 'deploy', ...rest, ...more };
}

function world(services: LocalServices = local) {
  const timers = new ManualTimers();
  return { timers, log: new EventLog(services, timers) };
}

test('the last 256 events are kept, oldest first', () => {
  const { log } = world();
  for (let number = 1; number <= EVENT_LOG_SIZE + 3; number++) log.receive(event(number));
  const events = log.list();
  expect(events).toHaveLength(256);
  expect([events[0]?.LTime, events.at(-1)?.LTime]).toEqual([4, 259]);
});

test('a list is not changed by what comes later', () => {
  const { log } = world();
  const before = log.list();
  log.receive(event(1));
  expect([before.length, log.list().length]).toEqual([0, 1]);
});

describe('events are kept by those they are meant for', () => {
  test.each<[Partial<UserEvent>, boolean]>([
    [{}, true],
    [{ NodeFilter: '^web-\\d+\\.' }, true],
    [{ NodeFilter: 'web-1' }, true],
    [{ NodeFilter: '^db' }, false],
    [{ NodeFilter: 'web-1(' }, false],
    [{ ServiceFilter: 'web' }, true],
    [{ ServiceFilter: '^d' }, true],
    [{ ServiceFilter: '.' }, true],
    [{ ServiceFilter: 'cache|queue' }, false],
    [{ ServiceFilter: '*' }, false],
    [{ ServiceFilter: 'web', TagFilter: 'rails' }, true],
    [{ ServiceFilter: 'web', TagFilter: '^internal$' }, true],
    [{ ServiceFilter: '^web$', TagFilter: 'internal' }, false],
    [{ ServiceFilter: 'db', TagFilter: '.*' }, false],
    [{ ServiceFilter: 'web', TagFilter: '[' }, false],
    [{ NodeFilter: '^db', ServiceFilter: 'web' }, false],
    [{ Version: 2 }, false],
  ])('%j: %s', (more, isKept) => {
    const { log } = world();
    expect(log.receive(event(1, more))).toBe(isKept);
    expect(log.list()).toHaveLength(isKept ? 1 : 0);
  });

  test('an agent that does not name its services goes by the very name', () => {
    const { nodeName, tagsOf } = local;
    const { log } = world({ nodeName, tagsOf });
    expect(log.receive(event(1, { ServiceFilter: 'web' }))).toBe(true);
    expect(log.receive(event(2, { ServiceFilter: 'we.' }))).toBe(false);
  });
});

describe('the index', () => {
  test('is 1 without events, else that of the last one, by name', () => {
    const { log } = world();
    expect(log.index()).toBe(1);
    log.receive(event(1));
    log.receive(event(2, { Name: 'other' }));
    expect(log.index()).toBe(eventIndex(idOf(2)));
    expect(log.index('deploy')).toBe(eventIndex(idOf(1)));
    expect(log.index('none')).toBe(1);
  });

  test.each([
    ['00000000-0000-0000-0000-000000000000', 1],
    ['12345678-9abc-def0-1234-56789abcdef0', 1],
    ['00000000-0000-0000-0000-00000000002a', 42],
    ['0000000f-0000-0000-0000-000000000000', 15 * 2 ** 32],
    ['ffffffff-ffff-ffff-0000-000000000000', Number.MAX_SAFE_INTEGER],
  ])('of %s is %d: never 0, and a number that any client can hold', (id, index) => {
    expect(eventIndex(id)).toBe(index);
  });
});

describe('waiting', () => {
  const signal = () => new AbortController().signal;

  async function outcome(wait: Promise<void>): Promise<() => boolean> {
    let isOver = false;
    void wait.then(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    return () => isOver;
  }

  test('ends with the next event of that name', async () => {
    const { log, timers } = world();
    log.receive(event(1));
    const isOver = await outcome(log.waitFor('deploy', log.index('deploy'), 1000, signal()));
    log.receive(event(2, { Name: 'other' }));
    log.receive(event(3, { NodeFilter: 'elsewhere' }));
    await new Promise(setImmediate);
    expect(isOver()).toBe(false);
    log.receive(event(4));
    await new Promise(setImmediate);
    expect([isOver(), timers.pending]).toEqual([true, 0]);
  });

  test('ends at once when the index is another already', async () => {
    const { log, timers } = world();
    log.receive(event(1));
    const isOver = await outcome(log.waitFor('', 1, 1000, signal()));
    expect([isOver(), timers.pending]).toEqual([true, 0]);
  });

  test('ends in time', async () => {
    const { log, timers } = world();
    const isOver = await outcome(log.waitFor('', 1, 1000, signal()));
    await timers.advance(999);
    expect(isOver()).toBe(false);
    await timers.advance(1);
    expect([isOver(), timers.pending]).toEqual([true, 0]);
  });

  test('leaves nothing behind on a connection that goes on', async () => {
    const { log, timers } = world();
    const abort = new AbortController();
    const byEvent = log.waitFor('', 1, 1000, abort.signal);
    const inTime = log.waitFor('never', 1, 1000, abort.signal);
    expect([log.waiters, getEventListeners(abort.signal, 'abort').length]).toEqual([2, 2]);
    log.receive(event(1));
    await byEvent;
    expect([log.waiters, getEventListeners(abort.signal, 'abort').length]).toEqual([1, 1]);
    await timers.advance(1000);
    await inTime;
    expect([log.waiters, getEventListeners(abort.signal, 'abort').length]).toEqual([0, 0]);
  });

  test('ends when the client goes, and leaves nothing', async () => {
    const { log, timers } = world();
    const abort = new AbortController();
    const isOver = await outcome(log.waitFor('', 1, 1000, abort.signal));
    abort.abort();
    await new Promise(setImmediate);
    expect([isOver(), timers.pending, log.waiters]).toEqual([true, 0, 0]);
    const late = await outcome(log.waitFor('', 1, 1000, abort.signal));
    expect([late(), timers.pending]).toEqual([true, 0]);
  });
});

test('the local bus delivers in order, with a rising Lamport time', async () => {
  const bus = new LocalEventBus();
  const heard: number[] = [];
  const stop = bus.subscribe(({ LTime }) => heard.push(LTime));
  await bus.fire(event(1, { LTime: 0 }));
  await bus.fire(event(2, { LTime: 0 }));
  stop();
  await bus.fire(event(3, { LTime: 0 }));
  expect(heard).toEqual([2, 3]);
});
