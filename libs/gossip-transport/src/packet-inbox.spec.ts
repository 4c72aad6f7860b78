import { silentLogger } from '@mesh/base';
import { packPacket } from '@mesh/gossip';
import { DropLog } from './drop-log.ts';
import { HANDOFF_QUEUE_DEPTH, MAX_RAW_DATAGRAMS } from './limits.ts';
import { PacketInbox } from './packet-inbox.ts';
import { PoolCipher } from './pool-cipher.ts';
import { SourceFilter } from './source-filter.ts';

const PING = 0;
const ALIVE = 4;
const USER = 8;

/** An inbox whose turns and time the test gives. */
class World {
  nowMs = 0;
  /** Price of one message for the receiver, milliseconds. */
  costMs = 0;
  readonly heard: string[] = [];
  readonly warnings: string[] = [];
  readonly inbox: PacketInbox;
  private turns: (() => void)[] = [];

  constructor(allowed?: readonly string[]) {
    const clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };
    const logger = { ...silentLogger, warn: (message: string) => void this.warnings.push(message) };
    this.inbox = new PacketInbox({
      receiver: {
        packet: (bytes) => {
          this.heard.push(bytes.join(' '));
          this.nowMs += this.costMs;
        },
      },
      cipher: new PoolCipher({ verifyIncoming: true, verifyOutgoing: true }),
      filter: new SourceFilter(allowed),
      drops: new DropLog(logger, clock),
      clock,
      later: (turn) => void this.turns.push(turn),
    });
  }

  take(parts: readonly (readonly number[])[], host = '10.0.0.1'): void {
    const bytes = packPacket(
      parts.map((part) => Uint8Array.from(part)),
      { compress: false, crc: false },
    );
    this.inbox.take(bytes, { host, port: 1 });
  }

  /** Runs one turn; false when none is wanted. */
  turn(): boolean {
    const [turn, ...rest] = this.turns;
    this.turns = rest;
    expect(rest).toEqual([]);
    turn?.();
    return turn !== undefined;
  }

  run(): number {
    let count = 0;
    while (this.turn()) count++;
    return count;
  }
}

test('urgent messages first, alive ones next, of the others the newest packet first', () => {
  const world = new World();
  world.take([
    [USER, 1],
    [USER, 2],
    [ALIVE, 3],
  ]);
  world.take([[5, 4]]);
  world.take([
    [3, 5],
    [PING, 6],
    [ALIVE, 7],
  ]);
  expect(world.heard).toEqual([]);
  expect(world.run()).toBe(1);
  expect(world.heard).toEqual(['0 6', '4 7', '4 3', '3 5', '5 4', '8 1', '8 2']);
  expect(world.turn()).toBe(false);
});

test('a turn ends in time, and the rest waits for the next', () => {
  const world = new World();
  world.costMs = 1;
  for (let at = 0; at < 40; at++) world.take([[PING, at]]);
  world.turn();
  expect(world.heard.length).toBeLessThanOrEqual(4);
  expect(world.run()).toBeGreaterThanOrEqual(8);
  expect(world.heard).toHaveLength(40);
});

test('what has come already is heard during a flood of pings', () => {
  const world = new World();
  world.costMs = 1;
  world.take([[ALIVE, 1]]);
  for (let at = 0; at < 100; at++) {
    for (let each = 0; each < 3; each++) world.take([[PING, 0]]);
    world.turn();
  }
  expect(world.heard).toContain('4 1');
});

test('the oldest are dropped where too many wait', () => {
  const world = new World();
  world.costMs = 100;
  const total = HANDOFF_QUEUE_DEPTH + 10;
  for (let at = 0; at < total; at++) world.take([[USER, at % 251, at >> 8]]);
  // Decoding costs nothing here: one turn opens all packets and delivers one message.
  world.turn();
  world.run();
  expect(world.heard).toHaveLength(HANDOFF_QUEUE_DEPTH);
  expect(world.heard[0]).toBe(`8 ${(total - 1) % 251} ${(total - 1) >> 8}`);
  expect(world.heard).not.toContain('8 9 0');
  expect(world.warnings).toEqual(['handler queue full, dropped the oldest messages']);
});

test('datagrams that wait are bounded, and those of one address in a second', () => {
  const world = new World();
  for (let at = 0; at < MAX_RAW_DATAGRAMS + 10; at++) world.take([[PING]]);
  world.run();
  expect(world.heard).toHaveLength(MAX_RAW_DATAGRAMS);
  for (let round = 0; round < 9; round++) {
    for (let at = 0; at < 1000; at++) world.take([[PING]]);
    world.run();
  }
  expect(world.heard).toHaveLength(5000);
  world.take([[PING, 1]], '10.0.0.2');
  world.run();
  expect(world.heard).toHaveLength(5001);
  expect(world.warnings).toEqual(['dropped packets that came too fast']);
  world.nowMs += 1000;
  world.take([[PING]]);
  world.run();
  expect(world.heard).toHaveLength(5002);
});

test('all addresses together are bounded too', () => {
  const world = new World();
  for (let at = 0; at < 30_000; at++) {
    world.take([[PING]], `10.0.${at % 200}.1`);
    if (at % 1000 === 0) world.run();
  }
  world.run();
  expect(world.heard).toHaveLength(20_000);
});

test('nonsense, unknown types, and who is not allowed', () => {
  const world = new World(['10.0.0.0/24', 'fd00::/16']);
  world.take([[PING, 1]], '10.0.1.1');
  world.take([[PING, 2]], 'fd01::1');
  world.take([[PING, 3]], 'fd00::1');
  world.take([[244, 1, 97]]);
  world.take([[6], [PING, 4]]);
  world.inbox.take(new Uint8Array(0), { host: '10.0.0.1', port: 1 });
  world.inbox.take(Uint8Array.of(7, 9), { host: '10.0.0.1', port: 1 });
  world.run();
  expect(world.heard).toEqual(['0 3', '0 4']);
  expect(world.warnings).toEqual([
    'dropped packets of an address that is not allowed',
    'dropped packets that make no sense',
  ]);
});

test('nothing is heard after the end', () => {
  const world = new World();
  world.take([[PING]]);
  world.inbox.close();
  world.take([[PING]]);
  world.run();
  expect(world.heard).toEqual([]);
});
