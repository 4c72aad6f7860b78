import {
  emptyState,
  FROM,
  hear,
  hearAlive,
  hearPushPull,
  make,
  NOW_MS,
  started,
} from '../testing/lone-core.ts';
import { SerfWorld, type WorldMember } from '../testing/serf-world.ts';
import { encodeCoordinate } from '../wire/coordinate-payload.ts';
import { unpackPacket } from '../wire/packet.ts';
import { encodePacketMessage } from '../wire/packet-message.ts';
import { decodeSerf, encodeSerf } from '../wire/serf-codec.ts';
import { SERF_STATUS } from './types.ts';

const BYTES = new Uint8Array([1, 2, 3]);

describe('a core alone', () => {
  it('tells itself, alive, when it starts', () => {
    const core = make();
    expect([core.members(), core.local().status]).toEqual([[], SERF_STATUS.none]);
    core.start(NOW_MS);
    const self = {
      name: 'm',
      host: '10.0.0.1',
      port: 7946,
      tags: { role: 'web' },
      status: SERF_STATUS.alive,
      versions: [1, 5, 2, 2, 5, 4],
    };
    expect(core.takeEvents()).toEqual([{ kind: 'member-join', members: [self] }]);
    expect(core.takeEvents()).toEqual([]);
    expect(core.members()).toEqual([self]);
    expect([core.local(), core.member('m'), core.member('x')]).toEqual([self, self, undefined]);
    expect(core.clocks()).toEqual({ member: 1, event: 1, query: 1 });
    expect(core.queues()).toEqual({ intent: 0, event: 0, query: 0 });
  });

  it('rests for as long as there is nothing to do', () => {
    const core = started();
    let ticks = 0;
    for (let nowMs = NOW_MS; nowMs < NOW_MS + 60_000; ticks += 1) {
      nowMs = Math.max(nowMs, core.nextDeadlineMs());
      core.tick(nowMs);
    }
    expect(core.takeOutputs()).toEqual([]);
    expect(ticks).toBeLessThan(100);
  });

  it('leaves at once', () => {
    const core = started();
    core.leave(NOW_MS);
    core.leave(NOW_MS);
    expect(core.takeEvents().map(({ kind }) => kind)).toEqual(['member-leave', 'leave-done']);
    expect(core.local().status).toBe(SERF_STATUS.left);
    core.join(FROM, false, NOW_MS);
    expect(core.takeEvents()).toMatchObject([{ kind: 'join-done', error: expect.any(String) }]);
  });

  it('takes up to 512 bytes of tags', () => {
    const core = started();
    const message = 'Encoded length of tags exceeds limit of 512 bytes';
    // ff, the map, "t" and its three bytes of length.
    const most = { t: 'x'.repeat(512 - 7) };
    core.setTags(most, NOW_MS);
    expect(core.local().tags).toEqual(most);
    const more = { t: `${most.t}x` };
    expect(() => core.setTags(more, NOW_MS)).toThrow(message);
    expect(() => make({ tags: more })).toThrow(message);
    expect(core.local().tags).toEqual(most);
    expect(core.takeEvents().map(({ kind }) => kind)).toEqual(['member-update']);
  });

  it('speaks protocols 2 to 5', () => {
    expect(make({ protocol: 5 }).local().versions).toEqual([1, 5, 2, 2, 5, 5]);
    for (const protocol of [1, 6, 2.5]) expect(() => make({ protocol })).toThrow('protocol');
  });

  it('answers its own queries without a packet', () => {
    const core = started();
    const { id, deadlineMs } = core.query(
      { name: 'load', payload: new Uint8Array(), ack: true },
      NOW_MS,
    );
    const [ack, query] = core.takeEvents();
    expect(ack).toEqual({ kind: 'query-ack', id, from: 'm' });
    if (query?.kind !== 'query') throw new Error(query?.kind);
    core.respond(query.query.token, new Uint8Array([7]), NOW_MS + 1);
    const response = { kind: 'query-response', id, from: 'm', payload: new Uint8Array([7]) };
    expect(core.takeEvents()).toEqual([response]);
    core.tick(deadlineMs);
    expect(core.takeEvents()).toEqual([{ kind: 'query-done', id }]);
  });

  it('remembers over a restart', () => {
    const core = started({ memory: { clock: 40, eventClock: 50, queryClock: 60 } });
    expect(core.clocks()).toEqual({ member: 41, event: 51, query: 61 });
    const event = {
      kind: 'userEvent',
      name: 'x',
      payload: new Uint8Array(),
      coalesce: false,
    } as const;
    hear(core, { ...event, lamportTime: 50 });
    expect(core.takeEvents()).toEqual([]);
    hear(core, { ...event, lamportTime: 51 });
    expect(core.takeEvents()).toMatchObject([{ kind: 'user-event', lamportTime: 51 }]);
  });

  it('force-leaves no stranger', () => {
    expect(started().forceLeave('x', false, NOW_MS)).toBe(false);
  });
});

describe('what others say', () => {
  it('about us leaving is refuted', () => {
    const core = started();
    hear(core, { kind: 'leave', lamportTime: 8, node: 'm', prune: false });
    expect(core.local().status).toBe(SERF_STATUS.alive);
    expect([core.queues().intent, core.clocks().member]).toEqual([1, 10]);
  });

  it('in push/pull about us leaving is refuted', () => {
    const core = started();
    hearPushPull(
      core,
      encodeSerf(
        emptyState({
          lamportTime: 20,
          statusLamportTimes: new Map([['m', 15]]),
          leftMembers: ['m'],
        }),
      ),
    );
    expect(core.local().status).toBe(SERF_STATUS.alive);
    expect(core.queues().intent).toBe(1);
    expect(core.clocks().member).toBe(21);
  });

  it('in push/pull moves the clocks to its own', () => {
    const core = started();
    hearPushPull(
      core,
      encodeSerf(
        emptyState({
          lamportTime: 20,
          eventLamportTime: 30,
          events: [undefined, { lamportTime: 29, events: [{ name: 'x', payload: BYTES }] }],
          queryLamportTime: 40,
        }),
      ),
    );
    expect(core.clocks()).toEqual({ member: 20, event: 30, query: 40 });
    expect(core.takeEvents()).toMatchObject([{ kind: 'user-event', name: 'x', lamportTime: 29 }]);
  });

  it('in push/pull about strangers waits for them', () => {
    const core = started();
    hearPushPull(
      core,
      encodeSerf(
        emptyState({
          lamportTime: 20,
          statusLamportTimes: new Map([
            ['gone', 5],
            ['here', 6],
          ]),
          leftMembers: ['gone'],
        }),
      ),
    );
    hearAlive(core, 'gone', 1);
    hearAlive(core, 'here', 2);
    expect(core.member('gone')?.status).toBe(SERF_STATUS.leaving);
    expect(core.member('here')?.status).toBe(SERF_STATUS.alive);
    const state = decodeSerf(hearPushPull(core, encodeSerf(emptyState())));
    expect(state).toMatchObject({
      statusLamportTimes: new Map([
        ['m', 0],
        ['gone', 6],
        ['here', 6],
      ]),
    });
  });

  it('is told in push/pull with 512 slots', () => {
    const core = started();
    core.userEvent('x', new Uint8Array([1]), true, NOW_MS);
    const state = decodeSerf(hearPushPull(core, encodeSerf(emptyState())));
    if (state.kind !== 'pushPull') throw new Error(state.kind);
    expect(state.events).toHaveLength(512);
    expect(state.events.flatMap((slot) => slot ?? [])).toEqual([
      { lamportTime: 1, events: [{ name: 'x', payload: new Uint8Array([1]) }] },
    ]);
    expect(state).toMatchObject({ lamportTime: 1, eventLamportTime: 2, queryLamportTime: 1 });
  });

  it('is passed on as it came', () => {
    const core = started();
    hearAlive(core, 'a', 1);
    const body = encodeSerf({ kind: 'join', lamportTime: 9, node: 'a' });
    // A field that we do not know stays in.
    const longer = new Uint8Array([...body, 0xa1, 0x78, 0x01]);
    longer[1] = 0x83;
    hear(core, longer);
    expect(core.queues().intent).toBe(1);
    core.tick(NOW_MS + 200);
    const packets = core
      .takeOutputs()
      .flatMap((output) =>
        output.kind === 'packet' ? [Buffer.from(output.bytes).toString('latin1')] : [],
      );
    expect(packets.join()).toContain(Buffer.from(longer).toString('latin1'));
  });

  it('is passed on once', () => {
    const core = started();
    hearAlive(core, 'a', 1);
    for (const lamportTime of [9, 9, 8]) hear(core, { kind: 'join', lamportTime, node: 'a' });
    expect(core.queues().intent).toBe(1);
  });

  it('is relayed where it wants that, but not in circles', () => {
    const core = started();
    const inner = encodeSerf({ kind: 'join', lamportTime: 1, node: 'x' });
    const relay = { kind: 'relay', host: '10.0.0.7', port: 99, node: 'x', body: inner } as const;
    hear(core, relay);
    expect(core.takeOutputs()).toEqual([
      {
        kind: 'packet',
        to: { host: '10.0.0.7', port: 99 },
        bytes: encodePacketMessage({ kind: 'user', body: inner }),
      },
    ]);
    hear(core, { ...relay, body: encodeSerf(relay) });
    hear(core, { ...relay, port: 0 });
    expect(core.takeOutputs()).toEqual([]);
  });

  it('about a name that is ours costs nothing but a log line', () => {
    const core = started();
    hearAlive(core, 'm', 5, 9);
    expect(core.takeEvents()).toEqual([]);
    expect(core.local().status).toBe(SERF_STATUS.alive);
  });

  it('about a name that is ours starts a vote where that is wanted', () => {
    const core = started({ resolveConflicts: true });
    hearAlive(core, 'm', 5, 9);
    hearAlive(core, 'm', 5, 9);
    expect(core.queues().query).toBe(1);
    core.tick(NOW_MS + 60_000);
    expect(core.takeEvents()).toEqual([
      { kind: 'name-lost', other: { host: '10.0.0.9', port: 5 } },
    ]);
  });

  it('is refused where the rules of the pool say so', () => {
    const core = started({
      rules: {
        vetoMerge: () => undefined,
        vetoAlive: ({ name }) => (name === 'bad' ? 'wrong datacenter' : undefined),
      },
    });
    hearAlive(core, 'bad', 1);
    hearAlive(core, 'good', 2);
    expect(core.members().map(({ name }) => name)).toEqual(['m', 'good']);
  });
});

describe('coordinates', () => {
  it('can be off', () => {
    const core = started({ coordinates: false });
    expect([core.coordinate(), core.cachedCoordinate('m')]).toEqual([undefined, undefined]);
    expect(core.coordinateResets).toBe(0);
  });

  it('ride on acks', () => {
    const core = started();
    const ping = encodePacketMessage({ kind: 'ping', seqNo: 5, node: 'm' });
    core.receivePacket(ping, FROM, NOW_MS);
    const own = core.coordinate();
    const ack = encodePacketMessage({
      kind: 'ack',
      seqNo: 5,
      payload: own && encodeCoordinate(own),
    });
    const [output] = core.takeOutputs();
    if (output?.kind !== 'packet') throw new Error(output?.kind);
    expect(output.to).toEqual(FROM);
    // Our own alive message rides along.
    expect(unpackPacket(output.bytes)[0]).toEqual(ack);
  });

  it('are learnt of each other', () => {
    const world = new SerfWorld();
    world.latencyMs = 10;
    const members = world.pool(3);
    world.run(120_000);
    const [first] = members as [WorldMember];
    expect(first.core.cachedCoordinate('m1')).toMatchObject({ Vec: { length: 8 } });
    expect(first.core.cachedCoordinate('m0')).toBe(first.core.coordinate());
    expect(first.core.coordinate()?.Error).toBeLessThan(1);
  });
});
