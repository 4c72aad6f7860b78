import { decodeSerf, encodeSerf } from '../wire/serf-codec.ts';
import type { QueryMessage } from '../wire/serf-messages.ts';
import { DirectSender } from './direct-sender.ts';
import { LamportClock } from './lamport-clock.ts';
import { QueryExchange } from './query-exchange.ts';
import { filtersOf } from './query-filters.ts';
import type { SerfEvent, SerfMember } from './types.ts';

const NONE = new Uint8Array();
const PAYLOAD = new Uint8Array([1, 2, 3]);

function member(name: string, changes: Partial<SerfMember> = {}): SerfMember {
  const port = 8000 + name.charCodeAt(0);
  return {
    name,
    host: '10.0.0.1',
    port,
    tags: { role: 'web' },
    status: 1,
    versions: [1, 5, 2, 2, 5, 4],
    ...changes,
  };
}

function setUp(options: { members?: readonly SerfMember[]; aliveCount?: number } = {}) {
  const clock = new LamportClock();
  const told: SerfEvent[] = [];
  const sent: { port: number; body: Uint8Array }[] = [];
  const broadcasts: Uint8Array[] = [];
  const internal: string[] = [];
  const members = options.members ?? [member('m')];
  const sender = new DirectSender({
    ownName: 'm',
    members: () => members,
    send: ({ port }, body) => sent.push({ port, body }),
    random: () => 0,
  });
  const queries = new QueryExchange({
    ownName: 'm',
    ownAddress: { host: '10.0.0.1', port: 8109 },
    gossipIntervalMs: 200,
    aliveCount: () => options.aliveCount ?? 1,
    local: () => member('m'),
    clock,
    sender,
    broadcast: (encoded) => broadcasts.push(encoded),
    emit: (event) => told.push(event),
    answerInternal: (name, _payload, fits) => {
      internal.push(name);
      return name === '_serf_long' && !fits(new Uint8Array(1024)) ? new Uint8Array(4) : undefined;
    },
    random: () => 0.5,
  });
  return { clock, told, sent, broadcasts, internal, queries };
}

function query(changes: Partial<QueryMessage> = {}): QueryMessage {
  return {
    kind: 'query',
    lamportTime: 5,
    id: 9,
    host: '10.0.0.7',
    port: 7946,
    sourceNode: 'asker',
    filters: [],
    flags: 0,
    relayFactor: 0,
    timeoutNs: 2_000_000_000,
    name: 'load',
    payload: PAYLOAD,
    ...changes,
  };
}

function tokenOf(told: readonly SerfEvent[]): number {
  const [event] = told;
  if (event?.kind !== 'query') throw new Error(`no query: ${event?.kind}`);
  return event.query.token;
}

describe('a query of another member', () => {
  it('is told once, and passed on', () => {
    const { queries, told, clock, sent } = setUp();
    expect([queries.receive(query(), 100), queries.receive(query(), 100)]).toEqual([true, false]);
    expect(clock.time).toBe(6);
    expect(told).toEqual([
      {
        kind: 'query',
        query: {
          token: 1,
          name: 'load',
          payload: PAYLOAD,
          lamportTime: 5,
          sourceNode: 'asker',
          deadlineMs: 2100,
        },
      },
    ]);
    expect(sent).toEqual([]);
  });

  it('of the same time with another id is another', () => {
    const { queries, told } = setUp();
    queries.receive(query(), 0);
    expect(queries.receive(query({ id: 10 }), 0)).toBe(true);
    expect(told).toHaveLength(2);
  });

  it('is not passed on where it says so', () => {
    const { queries, told } = setUp();
    expect(queries.receive(query({ flags: 2 }), 0)).toBe(false);
    expect(told).toHaveLength(1);
  });

  it('for others is passed on and nothing else', () => {
    const { queries, told, sent } = setUp();
    const filters = filtersOf({ nodes: ['x'] });
    expect(queries.receive(query({ filters, flags: 1 }), 0)).toBe(true);
    expect([told, sent]).toEqual([[], []]);
  });

  it('before the minimum time is old', () => {
    const { queries } = setUp();
    queries.ignoreBefore(6);
    expect(queries.receive(query(), 0)).toBe(false);
  });

  it('is acknowledged where it wants that', () => {
    const { queries, sent } = setUp();
    queries.receive(query({ flags: 1 }), 0);
    expect(sent.map(({ port, body }) => [port, decodeSerf(body)])).toEqual([
      [
        7946,
        {
          kind: 'queryResponse',
          lamportTime: 5,
          id: 9,
          from: 'm',
          flags: 1,
          payload: undefined,
        },
      ],
    ]);
  });

  it('without an address is told, and its answer lost', () => {
    const { queries, told, sent } = setUp();
    queries.receive(query({ host: '', flags: 1 }), 0);
    queries.receive(query({ id: 10, port: 0, flags: 1 }), 0);
    expect([told.length, sent]).toEqual([2, []]);
  });

  it('with a timeout that has no end ends all the same', () => {
    const { queries, told } = setUp();
    queries.receive(query({ timeoutNs: Number.MAX_SAFE_INTEGER }), 0);
    expect(told[0]).toMatchObject({ query: { deadlineMs: 3_600_000 } });
  });

  it('that is internal is not told', () => {
    const { queries, told, internal, sent } = setUp();
    queries.receive(query({ name: '_serf_ping', flags: 1 }), 0);
    expect([told, internal, sent.length]).toEqual([[], ['_serf_ping'], 1]);
    queries.receive(query({ id: 10, name: '_serf_long' }), 0);
    expect(decodeSerf(sent[1]?.body ?? NONE)).toMatchObject({ payload: new Uint8Array(4) });
  });
});

describe('an answer', () => {
  it('goes straight to the asker, once', () => {
    const { queries, told, sent } = setUp();
    queries.receive(query(), 0);
    queries.respond(tokenOf(told), PAYLOAD, 2000);
    expect(sent.map(({ port, body }) => [port, decodeSerf(body)])).toEqual([
      [
        7946,
        { kind: 'queryResponse', lamportTime: 5, id: 9, from: 'm', flags: 0, payload: PAYLOAD },
      ],
    ]);
    expect(() => queries.respond(tokenOf(told), PAYLOAD, 2000)).toThrow('answered already');
  });

  it('is refused when it is late', () => {
    const { queries, told } = setUp();
    queries.receive(query(), 0);
    expect(() => queries.respond(tokenOf(told), PAYLOAD, 2001)).toThrow(
      'response is past the deadline',
    );
  });

  it('is refused over 1024 bytes encoded; a shorter one may follow', () => {
    const { queries, told, sent } = setUp();
    queries.receive(query(), 0);
    const token = tokenOf(told);
    expect(() => queries.respond(token, new Uint8Array(1000), 0)).toThrow(
      'response exceeds limit of 1024 bytes',
    );
    queries.respond(token, NONE, 0);
    const spare = 1024 - (sent[0]?.body.length ?? 0);
    queries.receive(query({ id: 10 }), 0);
    // Two bytes more for the length of the payload itself.
    queries.respond(token + 1, new Uint8Array(spare - 2), 0);
    expect(sent[1]?.body.length).toBe(1024);
  });

  it('is relayed by other members that are alive and able', () => {
    const members = [
      member('m'),
      member('a'),
      member('b', { status: 4 }),
      member('c', { versions: [1, 4, 2, 2, 5, 4] }),
      member('d'),
    ];
    const { queries, told, sent } = setUp({ members });
    queries.receive(query({ relayFactor: 2 }), 0);
    queries.respond(tokenOf(told), PAYLOAD, 0);
    const [direct, ...relays] = sent;
    expect(direct?.port).toBe(7946);
    expect(relays.map(({ port }) => port).sort()).toEqual([8097, 8100]);
    expect(decodeSerf(relays[0]?.body ?? NONE)).toEqual({
      kind: 'relay',
      host: '10.0.0.7',
      port: 7946,
      node: 'asker',
      body: direct?.body,
    });
  });

  it('is not relayed in a pool that is too small', () => {
    const { queries, told, sent } = setUp({ members: [member('m'), member('a')] });
    queries.receive(query({ relayFactor: 2 }), 0);
    queries.respond(tokenOf(told), PAYLOAD, 0);
    expect(sent).toHaveLength(1);
  });

  it('is not relayed where the relay would be over 1024 bytes', () => {
    const { queries, told, sent } = setUp({ members: [member('m'), member('a')] });
    queries.receive(query({ relayFactor: 1 }), 0);
    queries.respond(tokenOf(told), new Uint8Array(950), 0);
    expect(sent).toHaveLength(1);
  });
});

describe('a query of this member', () => {
  it('is broadcast, told here, and moves the clock', () => {
    const { queries, broadcasts, told, clock } = setUp();
    const params = { name: 'load', payload: PAYLOAD, ack: true, relayFactor: 3 };
    const { id, deadlineMs } = queries.ask(params, 100);
    expect([id, deadlineMs, clock.time]).toEqual([2 ** 31, 3300, 2]);
    expect(broadcasts.map(decodeSerf)).toEqual([
      query({
        lamportTime: 1,
        id,
        host: '10.0.0.1',
        port: 8109,
        sourceNode: 'm',
        flags: 1,
        relayFactor: 3,
        timeoutNs: 3_200_000_000,
      }),
    ]);
    expect(told).toMatchObject([{ kind: 'query' }]);
  });

  it.each([
    [1, 3200],
    [9, 3200],
    [10, 6400],
    [99, 6400],
    [100, 9600],
    [1000, 12_800],
  ])('waits by default, with %d members, %d ms', (aliveCount, expected) => {
    expect(setUp({ aliveCount }).queries.defaultTimeoutMs()).toBe(expected);
  });

  it('hears acks and responses until its deadline', () => {
    const { queries, told } = setUp();
    const { id } = queries.ask({ name: 'load', payload: NONE, timeoutMs: 500 }, 0);
    const response = { kind: 'queryResponse', lamportTime: 1, id, from: 'a' } as const;
    expect(queries.receiveResponse({ ...response, flags: 1, payload: undefined }, 10)).toBe(true);
    expect(queries.receiveResponse({ ...response, flags: 0, payload: PAYLOAD }, 10)).toBe(true);
    expect(queries.nextDeadlineMs()).toBe(500);
    queries.tick(500);
    expect(told.slice(1)).toEqual([
      { kind: 'query-ack', id, from: 'a' },
      { kind: 'query-response', id, from: 'a', payload: PAYLOAD },
      { kind: 'query-done', id },
    ]);
  });

  it('tells an empty response too', () => {
    const { queries, told } = setUp();
    const { id } = queries.ask({ name: 'load', payload: NONE }, 0);
    const empty = { flags: 0, payload: undefined, from: 'a' };
    queries.receiveResponse({ kind: 'queryResponse', lamportTime: 1, id, ...empty }, 10);
    expect(told[1]).toEqual({ kind: 'query-response', id, from: 'a', payload: NONE });
  });

  it('is refused over 1024 bytes encoded, and then never was', () => {
    const { queries, broadcasts, told, clock } = setUp();
    expect(() => queries.ask({ name: 'load', payload: new Uint8Array(1000) }, 0)).toThrow(
      'query exceeds limit of 1024 bytes',
    );
    expect([broadcasts, told, clock.time]).toEqual([[], [], 1]);
    expect(queries.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('reads like the captured one', () => {
    const { queries, broadcasts } = setUp();
    queries.ask({ name: 'load', payload: NONE, nodes: ['a'], tags: { role: 'w' } }, 0);
    const message = decodeSerf(broadcasts[0] ?? NONE);
    expect(encodeSerf(message)).toEqual(broadcasts[0]);
    expect(message).toMatchObject({
      filters: [
        new Uint8Array([0, 0x91, 0xa1, 0x61]),
        new Uint8Array([
          1, 0x82, 0xa4, 0x45, 0x78, 0x70, 0x72, 0xa1, 0x77, 0xa3, 0x54, 0x61, 0x67, 0xa4, 0x72,
          0x6f, 0x6c, 0x65,
        ]),
      ],
    });
  });
});
