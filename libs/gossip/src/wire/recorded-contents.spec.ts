/** What recorded packets carry inside opaque fields: tags, coordinates, filters, answers to serf's own queries. */
import { join } from 'node:path';
import { plaintextOf, readRecordedPackets } from '../testing/recorded-packets.ts';
import { decodeCoordinate } from './coordinate-payload.ts';
import type { PacketMessage } from './messages.ts';
import { unpackPacket } from './packet.ts';
import { decodePacketMessage } from './packet-message.ts';
import { decodeFilter } from './query-filter.ts';
import { decodeSerf } from './serf-codec.ts';
import type { SerfMessage } from './serf-messages.ts';
import { decodeStream } from './stream.ts';
import { decodeTags } from './tags.ts';

type Described = Record<string, unknown>;

const recorded = readRecordedPackets(join(__dirname, '..', '..', 'testdata'));

/** Every object within the descriptions that has all of these keys. */
function described(keys: readonly string[], from: unknown = recorded): Described[] {
  if (from === null || typeof from !== 'object') return [];
  const own = !Array.isArray(from) && keys.every((key) => key in from) ? [from as Described] : [];
  return [...own, ...Object.values(from).flatMap((value) => described(keys, value))];
}

function bytesAt(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from((value as { hex: string }).hex, 'hex'));
}

/** All serf messages in the packets. */
function serfMessages(): SerfMessage[] {
  const packets = recorded.filter(({ transport, file }) => {
    return transport === 'udp' && !file.startsWith('memberlist');
  });
  return packets
    .flatMap((packet) => unpackPacket(plaintextOf(packet)))
    .map((part): PacketMessage => decodePacketMessage(part))
    .flatMap((message) => (message.kind === 'user' ? [decodeSerf(message.body)] : []));
}

it('tags of members', () => {
  const members = described(['Meta', 'Meta(tags)']);
  expect(members.length).toBeGreaterThan(50);
  for (const { Meta, 'Meta(tags)': tags } of members) {
    expect({ ...decodeTags(bytesAt(Meta)) }).toEqual(tags);
  }
});

it('the bare role of old members', () => {
  const old = described(['Meta', 'Name']).filter(({ Meta }) => {
    return Meta !== null && bytesAt(Meta)[0] !== 0xff;
  });
  const members = old.map(({ Meta }) => ({ ...decodeTags(bytesAt(Meta)) }));
  expect(members.every((tags) => Object.keys(tags).join() === 'role')).toBe(true);
  expect({ ...decodeTags(new TextEncoder().encode('lb')) }).toEqual({ role: 'lb' });
});

it('coordinates on acks', () => {
  const acks = described(['pingVersion', 'coordinate', 'body']);
  expect(acks.length).toBeGreaterThan(5);
  for (const { body, coordinate } of acks) {
    expect(decodeCoordinate(bytesAt((body as Described)['Payload']))).toEqual(coordinate);
  }
});

it('filters of queries', () => {
  const filters = described(['filterType', 'value']);
  expect(filters.length).toBeGreaterThan(5);
  for (const filter of filters) {
    const { Expr, Tag } = filter['value'] as { Expr?: string; Tag?: string };
    expect(decodeFilter(bytesAt(filter))).toEqual(
      filter['filterType'] === 0
        ? { kind: 'nodes', names: filter['value'] }
        : { kind: 'tag', tag: Tag, expression: Expr },
    );
  }
});

it('answers to key queries', () => {
  const descriptions = described(['serf', 'body']).filter(({ serf }) => serf === 'keyResponse');
  const answers = serfMessages().flatMap((message) =>
    message.kind === 'queryResponse' && message.payload?.[0] === 8
      ? [decodeSerf(message.payload)]
      : [],
  );
  expect(answers).toHaveLength(4);
  expect(answers).toEqual(
    descriptions.map(({ body }) => {
      const { Keys, Message, PrimaryKey, Result } = body as Described;
      const rest = { message: Message, primaryKey: PrimaryKey, result: Result };
      return { kind: 'keyResponse', keys: Keys ?? [], ...rest };
    }),
  );
});

it('the answer about a name that two claim', () => {
  const answer = serfMessages().find(
    (message) => message.kind === 'queryResponse' && message.payload?.[0] === 6,
  ) as SerfMessage & { kind: 'queryResponse' };
  expect(decodeSerf(answer.payload!)).toEqual({
    kind: 'conflictResponse',
    member: {
      ...{ name: 'q2', host: '127.0.0.2', port: 7946, status: 1, tags: Object.create(null) },
      ...{ protocolMin: 1, protocolMax: 5, protocolCur: 2 },
      ...{ delegateMin: 2, delegateMax: 5, delegateCur: 5 },
    },
  });
});

it('rings of 512 events', () => {
  const states = recorded
    .filter(({ transport, file }) => transport !== 'udp' && !file.startsWith('memberlist'))
    .map((stream) => decodeStream(plaintextOf(stream)))
    .flatMap((message) => (message.kind === 'pushPull' ? [decodeSerf(message.userState)] : []));
  expect(states.length).toBeGreaterThan(20);
  for (const state of states) expect(state).toMatchObject({ events: { length: 512 } });
});
