import { decodeSerf } from '../wire/serf-codec.ts';
import { LamportClock } from './lamport-clock.ts';
import type { SerfEvent } from './types.ts';
import { UserEvents } from './user-events.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

function setUp() {
  const clock = new LamportClock();
  const told: SerfEvent[] = [];
  const events = new UserEvents({ clock, emit: (event) => told.push(event) });
  return { clock, told, events };
}

function message(lamportTime: number, name = 'deploy', payload = bytes(1)) {
  return { kind: 'userEvent', lamportTime, name, payload, coalesce: false } as const;
}

describe('an event of this member', () => {
  it('has the current time, and the clock goes on', () => {
    const { events, clock, told } = setUp();
    const { lamportTime, encoded } = events.fire('deploy', bytes(1, 2), true);
    expect([lamportTime, clock.time]).toEqual([1, 2]);
    expect(decodeSerf(encoded)).toEqual({
      kind: 'userEvent',
      lamportTime: 1,
      name: 'deploy',
      payload: bytes(1, 2),
      coalesce: true,
    });
    expect(told).toEqual([
      { kind: 'user-event', name: 'deploy', payload: bytes(1, 2), lamportTime: 1, coalesce: true },
    ]);
  });

  it('is not told again when it comes back', () => {
    const { events, told } = setUp();
    events.fire('deploy', bytes(1), false);
    expect(events.receive(message(1))).toBe(false);
    expect(told).toHaveLength(1);
  });

  it.each([
    ['a', 512, 'before'],
    ['\u00fc', 511, 'before'],
    ['a', 500, 'after'],
  ])('named %s with %d bytes is refused %s encoding', (name, size, when) => {
    const { events, clock, told } = setUp();
    expect(() => events.fire(name, new Uint8Array(size), false)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: `user event exceeds configured limit of 512 bytes ${when} encoding`,
      }),
    );
    expect([clock.time, told]).toEqual([1, []]);
  });

  it('may be 512 bytes encoded', () => {
    const { events } = setUp();
    const { encoded } = events.fire('a', new Uint8Array(480), false);
    expect(encoded.length).toBeLessThanOrEqual(512);
    expect(() => events.fire('a', new Uint8Array(480 + 513 - encoded.length), false)).toThrow();
    expect(() => events.fire('a', new Uint8Array(480 + 512 - encoded.length), false)).not.toThrow();
  });
});

describe('an event of another member', () => {
  it('is told once for each time, name and payload', () => {
    const { events, told, clock } = setUp();
    expect(events.receive(message(5))).toBe(true);
    expect(clock.time).toBe(6);
    expect(events.receive(message(5))).toBe(false);
    expect(events.receive(message(5, 'other'))).toBe(true);
    expect(events.receive(message(5, 'deploy', bytes(2)))).toBe(true);
    expect(events.receive(message(4))).toBe(true);
    expect(told).toHaveLength(4);
  });

  it('is old when more than 512 behind', () => {
    const { events } = setUp();
    events.receive(message(1000));
    expect(events.receive(message(488))).toBe(false);
    expect(events.receive(message(489))).toBe(true);
  });

  it('is old when before the minimum time', () => {
    const { events, clock } = setUp();
    events.ignoreBefore(10);
    expect(events.receive(message(9))).toBe(false);
    expect(clock.time).toBe(10);
    expect(events.receive(message(10))).toBe(true);
  });

  it('does not share the bytes that it came in', () => {
    const { events, told } = setUp();
    const packet = bytes(9, 9, 9);
    events.receive(message(1, 'deploy', packet.subarray(1)));
    packet.fill(0);
    expect(told[0]).toMatchObject({ payload: bytes(9, 9) });
  });

  it('is kept for push/pull', () => {
    const { events } = setUp();
    events.receive(message(3));
    const slots = events.recent();
    expect(slots).toHaveLength(512);
    expect(slots[3]).toMatchObject({
      lamportTime: 3,
      entries: [{ name: 'deploy', payload: bytes(1) }],
    });
  });
});
