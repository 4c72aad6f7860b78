import {
  addressOf,
  alive,
  dead,
  lastStream,
  nameAt,
  SwimRig,
  type VERSIONS,
} from '../testing/swim-rig.ts';
import { NODE_STATE, type PushPullMessage, type PushPullNode } from '../wire/messages.ts';
import { unpackPacket } from '../wire/packet.ts';
import { pushPullScale } from './push-pull-sync.ts';

const NAMES = [...'bcdefghij'];

function node(name: string, change: Partial<PushPullNode> = {}): PushPullNode {
  const { node: _node, kind: _kind, ...rest } = alive(name);
  return { name, ...rest, state: NODE_STATE.alive, ...change };
}

function state(nodes: readonly PushPullNode[], change: Partial<PushPullMessage> = {}) {
  const userState = new TextEncoder().encode('theirs');
  return { kind: 'pushPull', join: false, nodes, userState, ...change } as const;
}

describe('gossip rounds', () => {
  it('go to three members an interval while something waits, then rest', () => {
    const rig = new SwimRig({ probeIntervalMs: 1e9, pushPullIntervalMs: 0 }).start(...NAMES);
    rig.random = Math.random;
    rig.pass(60_000);
    rig.outputs();
    // The probe, far away, is all that is left to wait for.
    expect(rig.core.nextDeadlineMs()).toBeGreaterThan(rig.nowMs + 1e8);
    rig.hear(alive('b', { incarnation: 2 }));
    const startedMs = rig.nowMs;
    expect(rig.core.nextDeadlineMs()).toBeLessThanOrEqual(startedMs);
    rig.pass(199);
    expect(rig.outputs()).toHaveLength(3);
    rig.pass(200);
    expect(rig.outputs()).toHaveLength(3);
    rig.pass(10_000);
    // 4 * ceil(log10(11)) transmissions in all.
    expect(6 + rig.outputs().length).toBe(8);
  });

  it('fill packets: membership first, then the layer above; nothing beyond the size', () => {
    const rig = new SwimRig({ probeIntervalMs: 1e9, pushPullIntervalMs: 0 }).start(...NAMES);
    rig.pass(60_000);
    rig.outputs();
    for (let at = 0; at < 100; at++) {
      rig.hear(alive(`x${at}`, { host: `10.1.0.${at}`, meta: new Uint8Array(60) }));
    }
    for (let at = 0; at < 5; at++) rig.waiting.push(new Uint8Array(20));
    rig.pass(400);
    const packets = rig.outputs().flatMap((one) => (one.kind === 'packet' ? [one.bytes] : []));
    for (const bytes of packets) {
      expect(bytes.length).toBeLessThanOrEqual(1400);
      const types = unpackPacket(bytes).map((part) => part[0]!);
      expect(types).toEqual([...types].sort((a, b) => a - b));
    }
    expect(Math.max(...packets.map(({ length }) => length))).toBeGreaterThan(1250);
  });

  it('reach the dead for a while, the left never', () => {
    const rig = new SwimRig({ probeIntervalMs: 1e9, pushPullIntervalMs: 0 }).start('b', 'c', 'd');
    rig.random = Math.random;
    rig.hear(dead('b', 'd'));
    rig.hear(dead('c', 'c'));
    const heard = () => {
      rig.hear(alive('d', { incarnation: Math.floor(rig.nowMs) + 10 }));
      rig.pass(5000);
      return new Set(rig.messages().map(({ to }) => to));
    };
    expect(heard()).toEqual(new Set(['b', 'd']));
    rig.pass(30_000);
    expect(heard()).toEqual(new Set(['d']));
  });

  it('ride on pings and acks', () => {
    const rig = new SwimRig({ gossipNodes: 0, pushPullIntervalMs: 0 }).start('b');
    rig.hear(alive('c'));
    rig.hear({ kind: 'ping', seqNo: 1, node: 'a' });
    const [ack, extra] = rig.messages();
    expect([ack?.kind, extra?.kind]).toEqual(['ack', 'alive']);
  });

  it('carry a checksum where the other end knows of it', () => {
    const rig = new SwimRig({ probeIntervalMs: 1e9, pushPullIntervalMs: 0 }).start();
    rig.hear(alive('b'));
    rig.hear(alive('c', { versions: [1, 4, 2, 2, 5, 4] }));
    rig.pass(1000);
    for (const output of rig.outputs()) {
      if (output.kind !== 'packet') continue;
      expect([nameAt(output.to), output.bytes[0] === 12]).toEqual([
        nameAt(output.to),
        nameAt(output.to) === 'b',
      ]);
    }
  });
});

describe('push/pull', () => {
  it('its interval grows with the logarithm of the pool', () => {
    const scales = [1, 32, 33, 64, 65, 128, 1000, 5000].map(pushPullScale);
    expect(scales).toEqual([1, 1, 2, 2, 3, 3, 6, 9]);
  });

  it('answers with its own state, then takes in the other', () => {
    const rig = new SwimRig().start('b');
    const reply = rig.core.receiveStream(state([node('c')], { join: true }), addressOf('c'), 0);
    expect(reply).toMatchObject({ kind: 'pushPull', join: true });
    const { nodes, userState } = reply as PushPullMessage;
    expect(nodes.map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect(new TextDecoder().decode(userState)).toBe('state of a, join true');
    expect(rig.told).toEqual(['joined c', 'merged "theirs" join true']);
  });

  it('nobody is dead because another says so: it is suspected; who left has left', () => {
    const rig = new SwimRig().start('b', 'c', 'd');
    const { dead: DEAD, left: LEFT, suspect: SUSPECT } = NODE_STATE;
    const theirs = [
      node('b', { state: DEAD }),
      node('c', { state: LEFT }),
      node('d', { state: SUSPECT }),
    ];
    rig.core.receiveStream(state(theirs), addressOf('e'), 0);
    expect(['b', 'c', 'd'].map((name) => rig.state(name))).toEqual([SUSPECT, LEFT, SUSPECT]);
  });

  it('a join tells how it ended', () => {
    const rig = new SwimRig().start();
    const outcome = (result: Parameters<typeof rig.core.streamDone>[1]) => {
      rig.told.length = 0;
      const id = rig.core.join(addressOf('b'), rig.nowMs);
      const stream = lastStream(rig.outputs());
      expect(stream).toMatchObject({ id, reply: true, timeoutMs: 10_000, message: { join: true } });
      rig.core.streamDone(id, result, rig.nowMs);
      return rig.told.map((line) => line.replace(` ${id} `, ' '));
    };
    expect(outcome({ error: 'refused' })).toEqual(['join refused']);
    expect(outcome({ reply: undefined })).toEqual(['join the other end gave no state']);
    const error = { kind: 'error', error: 'No installed keys could decrypt the message' } as const;
    expect(outcome({ reply: error })).toEqual([`join remote error: ${error.error}`]);
    const many = Array.from({ length: 101 }, (_, at) => node('b', { name: `n${at}` }));
    expect(outcome({ reply: state(many) })).toEqual(['join too many']);
    expect(outcome({ reply: state([node('b')]) })).toEqual([
      'joined b',
      'merged "theirs" join true',
      'join ok',
    ]);
  });

  it.each([
    [
      'a protocol that we do not speak',
      [3, 5, 3, 2, 5, 4],
      'speaks protocol 2, accepted are 3 to 5',
    ],
    ['a layer above that is too new', [1, 5, 2, 5, 6, 5], 'speaks delegate protocol 4'],
    ['no versions at all', undefined, 'does not say which protocols it speaks'],
  ] as const)('a pool with %s is not merged with', (_what, versions, why) => {
    const rig = new SwimRig().start();
    const id = rig.core.join(addressOf('b'), 0);
    const reply = state([node('b', { versions: versions as typeof VERSIONS })]);
    rig.core.streamDone(id, { reply }, 0);
    expect(rig.told).toHaveLength(1);
    expect(rig.told[0]).toContain(why);
    expect(rig.core.nodeCount).toBe(1);
  });

  it('happens now and then with a member that is alive', () => {
    const rig = new SwimRig({ probeIntervalMs: 1e9 }).start('b', 'c');
    rig.hear(dead('b', 'c'));
    rig.outputs();
    rig.pass(65_000);
    const streams = rig.outputs().filter((output) => output.kind === 'stream');
    expect(streams.map(({ to }) => nameAt(to))).toEqual(['c', 'c']);
    expect(streams[0]).toMatchObject({ message: { kind: 'pushPull', join: false } });
  });
});

describe('streams', () => {
  it('a ping is answered if it is meant for this one', () => {
    const rig = new SwimRig().start();
    const ping = { kind: 'ping', seqNo: 4, node: 'a' } as const;
    expect(rig.core.receiveStream(ping, addressOf('b'), 0)).toMatchObject({
      kind: 'ack',
      seqNo: 4,
    });
    expect(rig.core.receiveStream({ ...ping, node: 'x' }, addressOf('b'), 0)).toBeUndefined();
  });

  it('a message goes up, answers to nothing are dropped', () => {
    const rig = new SwimRig().start();
    const body = new TextEncoder().encode('hi');
    expect(rig.core.receiveStream({ kind: 'user', body }, addressOf('b'), 0)).toBeUndefined();
    expect(
      rig.core.receiveStream({ kind: 'error', error: 'x' }, addressOf('b'), 0),
    ).toBeUndefined();
    expect(rig.told).toEqual(['user hi']);
    rig.core.streamDone(99, { reply: undefined }, 0);
  });
});

it('what makes no sense is dropped, whatever it is', () => {
  const rig = new SwimRig().start('b');
  for (const bytes of [[], [0], [7, 200], [12, 0, 0, 0, 0, 1], [99, 1, 2], [9, 0x82]]) {
    rig.core.receivePacket(Uint8Array.from(bytes), addressOf('b'), 0);
  }
  expect([rig.told, rig.core.nodeCount]).toEqual([[], 2]);
});
