import { addressOf, alive, lastStream, nameAt, SwimRig } from '../testing/swim-rig.ts';
import { NODE_STATE } from '../wire/messages.ts';

const { alive: ALIVE, suspect: SUSPECT } = NODE_STATE;

/** Lets the next probe begin; its ping. */
function nextPing(rig: SwimRig) {
  for (let tries = 0; tries < 100; tries++) {
    const ping = rig.messages().find((one) => one.kind === 'ping');
    if (ping?.kind === 'ping') return ping;
    rig.pass(100);
  }
  throw new Error('no probe began');
}

/** Everything that waits is sent, so that only probes are left. */
function quiet(rig: SwimRig): SwimRig {
  rig.pass(30_000);
  rig.messages();
  return rig;
}

describe('a probe', () => {
  it('asks one member an interval, with where to answer', () => {
    const rig = new SwimRig().start('b');
    const ping = nextPing(rig);
    expect(ping).toMatchObject({
      ...{ node: 'b', to: 'b', sourceHost: '10.0.0.1', sourcePort: 7946, sourceNode: 'a' },
    });
    rig.nowMs += 3;
    rig.hear({ kind: 'ack', seqNo: ping.seqNo, payload: undefined });
    expect(rig.rtts).toEqual([['b', 3]]);
    const next = nextPing(rig);
    expect(next.seqNo).toBe(ping.seqNo + 1);
  });

  it('goes round: each is asked once before one is asked again', () => {
    const rig = new SwimRig().start('b', 'c', 'd', 'e');
    const asked: string[] = [];
    for (let at = 0; at < 12; at++) {
      const ping = nextPing(rig);
      asked.push(ping.node);
      rig.hear({ kind: 'ack', seqNo: ping.seqNo, payload: undefined });
    }
    for (let round = 0; round < 3; round++) {
      expect(asked.slice(round * 4, round * 4 + 4).sort()).toEqual(['b', 'c', 'd', 'e']);
    }
  });

  it('without an answer asks others and tries a stream, then suspects', () => {
    const rig = new SwimRig().start('b', 'c', 'd', 'e', 'f');
    rig.random = Math.random;
    const ping = nextPing(rig);
    const startedMs = rig.nowMs;
    rig.pass(499);
    expect(rig.outputs().some((output) => output.kind === 'stream')).toBe(false);
    rig.pass(200);
    const outputs = rig.outputs();
    const stream = lastStream(outputs);
    expect(stream).toMatchObject({ reply: true, message: { kind: 'ping', seqNo: ping.seqNo } });
    expect(nameAt(stream.to)).toBe(ping.node);
    expect(stream.timeoutMs).toBeLessThanOrEqual(500);
    expect(outputs.filter(({ kind }) => kind === 'packet').length).toBeGreaterThanOrEqual(3);
    rig.pass(startedMs + 1000 - rig.nowMs);
    expect(rig.state(ping.node)).toBe(SUSPECT);
  });

  it('is answered through another one: no round trip is counted', () => {
    const rig = new SwimRig().start('b', 'c', 'd');
    const ping = nextPing(rig);
    rig.pass(600);
    const indirect = rig.messages().filter((one) => one.kind === 'indirectPing');
    expect(indirect.length).toBe(2);
    expect(indirect.map(({ to }) => to)).not.toContain(ping.node);
    expect(indirect[0]).toMatchObject({
      ...{ seqNo: ping.seqNo, node: ping.node, nack: true },
      ...{ targetHost: addressOf(ping.node).host, targetPort: 7946 },
    });
    rig.hear({ kind: 'ack', seqNo: ping.seqNo, payload: undefined });
    rig.pass(1000);
    expect([rig.state(ping.node), rig.rtts]).toEqual([ALIVE, []]);
  });

  it('is answered on a stream alone: no suspicion', () => {
    const rig = new SwimRig().start('b');
    const ping = nextPing(rig);
    rig.pass(600);
    const stream = lastStream(rig.outputs());
    const reply = { kind: 'ack', seqNo: ping.seqNo, payload: undefined } as const;
    rig.core.streamDone(stream.id, { reply }, rig.nowMs);
    rig.pass(390);
    expect(rig.state('b')).toBe(ALIVE);
    rig.pass(20);
    expect(rig.state('b')).toBe(ALIVE);
  });

  it('a stream that answers another question does not help', () => {
    const rig = new SwimRig().start('b');
    const ping = nextPing(rig);
    rig.pass(600);
    const stream = lastStream(rig.outputs());
    const reply = { kind: 'ack', seqNo: ping.seqNo + 1, payload: undefined } as const;
    rig.core.streamDone(stream.id, { reply }, rig.nowMs);
    rig.pass(500);
    expect(rig.state('b')).toBe(SUSPECT);
  });

  it('older peers are asked for no nack and no stream', () => {
    const rig = new SwimRig().start();
    for (const name of ['b', 'c']) rig.hear(alive(name, { versions: [1, 2, 2, 2, 5, 4] }));
    nextPing(rig);
    rig.pass(600);
    const outputs = rig.outputs();
    expect(lastStream(outputs)).toBeUndefined();
  });

  it('tells a suspect that it is one', () => {
    const rig = new SwimRig().start('b');
    rig.hear({ kind: 'suspect', incarnation: 1, node: 'b', from: 'c' });
    rig.messages();
    let seen: unknown[] = [];
    for (let tries = 0; tries < 30 && seen.length === 0; tries++) {
      rig.pass(100);
      const messages = rig.messages();
      if (messages.some(({ kind }) => kind === 'ping')) seen = messages;
    }
    expect(seen).toContainEqual(
      expect.objectContaining({ kind: 'suspect', node: 'b', from: 'a', to: 'b', incarnation: 1 }),
    );
  });

  it('passes over the dead, forgets them after a while, and never probes itself', () => {
    const rig = new SwimRig().start('b', 'c');
    rig.hear({ kind: 'dead', incarnation: 1, node: 'b', from: 'c' });
    for (let at = 0; at < 40; at++) {
      const ping = nextPing(rig);
      expect(ping.node).toBe('c');
      rig.hear({ kind: 'ack', seqNo: ping.seqNo, payload: undefined });
    }
    expect(rig.core.node('b')).toBeUndefined();
    expect(rig.core.nodeCount).toBe(2);
  });

  it('keeps who left for longer: another one, long out of touch, cannot bring it back', () => {
    const rig = new SwimRig({ tombstoneTimeoutMs: 50_000 }).start('b', 'c');
    rig.hear({ kind: 'dead', incarnation: 1, node: 'b', from: 'b' });
    const probe = (times: number) => {
      for (let at = 0; at < times; at++) {
        rig.hear({ kind: 'ack', seqNo: nextPing(rig).seqNo, payload: undefined });
      }
    };
    probe(40);
    rig.hear(alive('b'));
    expect(rig.state('b')).toBe(NODE_STATE.left);
    probe(20);
    expect(rig.core.node('b')).toBeUndefined();
  });
});

describe('awareness', () => {
  it('without helpers a failed probe costs one, a good one gives one back', () => {
    const rig = new SwimRig().start('b');
    nextPing(rig);
    rig.pass(1100);
    expect(rig.core.healthScore).toBe(1);
    rig.hear(alive('b', { incarnation: 2 }));
    const ping = nextPing(rig);
    rig.hear({ kind: 'ack', seqNo: ping.seqNo, payload: undefined });
    expect(rig.core.healthScore).toBe(0);
  });

  it('helpers that say nack speak for oneself', () => {
    const rig = new SwimRig().start('b', 'c', 'd');
    const ping = nextPing(rig);
    rig.pass(600);
    const helpers = rig.messages().filter((one) => one.kind === 'indirectPing').length;
    expect(helpers).toBe(2);
    rig.hear({ kind: 'nack', seqNo: ping.seqNo });
    rig.pass(500);
    // Two were expected, one came.
    expect(rig.core.healthScore).toBe(1);
  });

  it('stretches the time for an answer, not the wait before others are asked', () => {
    const rig = new SwimRig().start('b');
    for (let at = 1; at <= 3; at++) {
      rig.hear({ kind: 'suspect', incarnation: rig.core.incarnation, node: 'a', from: 'b' });
    }
    expect(rig.core.healthScore).toBe(3);
    nextPing(rig);
    const startedMs = Math.floor(rig.nowMs / 100) * 100;
    rig.pass(600);
    const { timeoutMs } = lastStream(rig.outputs());
    expect([timeoutMs > 3300, timeoutMs <= 3500]).toEqual([true, true]);
    rig.pass(startedMs + 3850 - rig.nowMs);
    expect(rig.state('b')).toBe(ALIVE);
    rig.pass(250);
    expect(rig.state('b')).toBe(SUSPECT);
  });

  it('has a limit', () => {
    const rig = new SwimRig().start('b');
    for (let at = 1; at < 40; at++) {
      rig.hear({ kind: 'suspect', incarnation: at + 1, node: 'a', from: 'b' });
    }
    expect(rig.core.healthScore).toBe(7);
  });
});

describe('asked by others', () => {
  it('answers a ping that is meant for it, where it is told to', () => {
    const rig = quiet(new SwimRig().start('b', 'c'));
    const source = { sourceHost: '10.0.0.9', sourcePort: 7946, sourceNode: 'i' };
    rig.hear({ kind: 'ping', seqNo: 77, node: 'a', ...source });
    expect(rig.messages()).toContainEqual({
      ...{ kind: 'ack', seqNo: 77, payload: Uint8Array.of(7), to: 'i' },
    });
    rig.hear({ kind: 'ping', seqNo: 78, node: '' }, 'c');
    expect(rig.messages()).toContainEqual(expect.objectContaining({ seqNo: 78, to: 'c' }));
    rig.hear({ kind: 'ping', seqNo: 79, node: 'x' });
    expect(rig.messages()).toEqual([]);
  });

  it('pings for another one, and passes the answer on', () => {
    const rig = quiet(new SwimRig().start('b', 'c'));
    const ask = { kind: 'indirectPing', seqNo: 5000, node: 'c', nack: true } as const;
    rig.hear({ ...ask, targetHost: '10.0.0.3', targetPort: 7946 }, 'b');
    const ping = rig.messages().find((one) => one.kind === 'ping' && one.to === 'c');
    expect(ping).toMatchObject({ node: 'c', sourceNode: 'a' });
    const { seqNo } = ping as { seqNo: number };
    expect(seqNo).not.toBe(5000);
    rig.hear({ kind: 'ack', seqNo, payload: Uint8Array.of(1) }, 'c');
    const answer = { kind: 'ack', seqNo: 5000, payload: undefined, to: 'b' };
    expect(rig.messages()).toContainEqual(answer);
    rig.hear({ kind: 'ack', seqNo, payload: undefined }, 'c');
    expect(rig.messages()).not.toContainEqual(answer);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('says when there was no answer, if that is wanted: %s', (nack, count) => {
    const rig = quiet(new SwimRig({ probeIntervalMs: 1e9 }).start('b', 'c'));
    const ask = { kind: 'indirectPing', seqNo: 5, node: 'c', nack } as const;
    rig.hear({ ...ask, targetHost: '10.0.0.3', targetPort: 0 }, 'b');
    rig.pass(499);
    rig.messages();
    rig.pass(1);
    const nacks = rig.messages().filter(({ kind }) => kind === 'nack');
    expect(nacks).toHaveLength(count);
    if (nack) expect(nacks[0]).toMatchObject({ seqNo: 5, to: 'b' });
  });

  it('takes on only so many pings for others', () => {
    const rig = quiet(new SwimRig({ probeIntervalMs: 1e9 }).start('b'));
    for (let seqNo = 1; seqNo <= 3000; seqNo++) {
      const ask = { kind: 'indirectPing', seqNo, node: 'c', nack: true } as const;
      rig.hear({ ...ask, targetHost: '10.0.0.3', targetPort: 7946 });
    }
    expect(rig.messages().filter(({ kind }) => kind === 'ping')).toHaveLength(1024);
  });
});
