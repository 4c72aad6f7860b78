import type { UserEvent } from '@mesh/api-contract';
import { type Random, utf8Bytes } from '@mesh/base';
import {
  type answerOf,
  callRoute,
  expectRecorded,
  ManualTimers,
  readExchanges,
  type Saved,
} from '@mesh/testkit';
import { LocalEventBus } from './event-bus.ts';
import { EventLog } from './event-log.ts';
import { eventMessageBytes } from './event-size.ts';
import { newEvent } from './fire.ts';
import { eventHttpRoutes } from './http.ts';

function world() {
  const timers = new ManualTimers();
  const bus = new LocalEventBus();
  const local = { nodeName: 'vm', serviceNames: () => ['web'], tagsOf: () => [['rails']] };
  const log = new EventLog(local, timers);
  bus.subscribe((event) => log.receive(event));
  let uuids = 0;
  const uuid = () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`;
  const random: Random = { uuid, float: () => 0, bytes: (count) => new Uint8Array(count) };
  const limits = { defaultQueryTimeMs: 300_000, maxQueryTimeMs: 600_000 };
  const routes = eventHttpRoutes({ bus, log, random, ...limits });
  const ask = (method: string, path: string, body?: unknown) =>
    callRoute(routes, method, path, body);
  return { timers, log, routes, ask };
}

describe('recorded exchanges', () => {
  const { routes } = world();
  const saved: Saved = new Map();

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`).map((each) => [each.name, each]),
  )('%s', async (_name, exchange) => {
    const { request, ...rest } = exchange as never as Parameters<typeof answerOf>[1];
    const body = rest.name === 'event-fire-too-large' ? 'a'.repeat(2000) : request.body;
    await expectRecorded(routes, { ...rest, request: { ...request, body } }, saved);
  });
});

test('what is fired is answered before it has a Lamport time, and heard with one', async () => {
  const { ask } = world();
  const fired = await ask('PUT', '/v1/event/fire/deploy?node=v', 'now');
  expect(fired).toMatchObject({ value: { Name: 'deploy', LTime: 0, NodeFilter: 'v' } });
  const { value } = (await ask('GET', '/v1/event/list')) as never as { value: UserEvent[] };
  expect(value).toMatchObject([{ LTime: 2, Payload: utf8Bytes('now') }]);
});

describe('blocking', () => {
  test.each([
    ['', 300_000],
    ['&wait=', 300_000],
    ['&wait=0', 300_000],
    ['&wait=2s', 2000],
    ['&wait=1h', 600_000],
  ])('"%s" waits %d ms', async (query, waitMs) => {
    const { ask, timers } = world();
    let isOver = false;
    const reply = ask('GET', `/v1/event/list?index=1${query}`).then((answer) => {
      isOver = true;
      return answer;
    });
    await new Promise(setImmediate);
    await timers.advance(waitMs - 1);
    expect(isOver).toBe(false);
    await timers.advance(1);
    expect(await reply).toMatchObject({ value: [], headers: { 'X-Consul-Index': '1' } });
  });

  test.each(['index=x', 'index=-1', 'index=1&wait=soon', 'index=1&wait=-1s'])(
    '%s is refused',
    async (query) => {
      const { ask, timers } = world();
      await expect(ask('GET', `/v1/event/list?${query}`)).rejects.toMatchObject({
        code: 'invalid-argument',
      });
      expect(timers.pending).toBe(0);
    },
  );

  test('an index from before a restart answers at once', async () => {
    const { ask } = world();
    expect(await ask('GET', '/v1/event/list?index=4711')).toMatchObject({ value: [] });
  });
});

describe('size', () => {
  const request = { name: 'x', payload: new Uint8Array(0), node: '', service: '', tag: '' };
  const id = '00000000-0000-4000-8000-000000000001';
  const fire = (more: object) => newEvent({ ...request, ...more }, id);

  /** Counted by hand: type and map, LTime, Name, Payload, CC. */
  test.each([
    [{}, 2 + 11 + (5 + 15) + (8 + 3 + 49) + 4],
    [{ payload: new Uint8Array(7) }, 2 + 11 + (5 + 15) + (8 + 3 + 60) + 4],
    [{ node: '.*' }, 2 + 11 + (5 + 15) + (8 + 3 + 55) + 4],
  ])('%j', (more, bytes) => {
    expect(eventMessageBytes(fire(more))).toBe(bytes);
  });

  test('a message may have 512 bytes, whatever they are spent on', () => {
    const room = 512 - eventMessageBytes(fire({ payload: new Uint8Array(256) }));
    expect(room).toBeGreaterThan(100);
    const largest = 256 + room;
    expect(fire({ payload: new Uint8Array(largest) }).Payload).toHaveLength(largest);
    expect(() => fire({ payload: new Uint8Array(largest + 1) })).toThrow('limit of 512 bytes');
    expect(() => fire({ payload: new Uint8Array(largest), tag: 'a', service: 'b' })).toThrow('512');
    expect(() => fire({ name: 'é'.repeat(150) })).toThrow('limit of 512 bytes');
    expect(fire({ name: 'e'.repeat(150) }).Name).toHaveLength(150);
  });
});
