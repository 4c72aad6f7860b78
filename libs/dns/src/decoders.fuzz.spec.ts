/** Decoders of what strangers send: 100,000 random and mutated messages, none may throw or take long. */
import {
  decodeAddresses,
  decodeReplyHead,
  describeMessage,
  encodeQuery,
  encodeRefusal,
  parseQuery,
  TYPE,
} from './index.ts';

const ROUNDS = 100_000;

/** Lehmer's generator: the same messages each time. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const SEEDS: readonly Uint8Array[] = [
  encodeQuery({ id: 1, name: 'web.service.consul.', type: TYPE.SRV, udpBytes: 1232 })!,
  encodeQuery({ id: 2, name: '2.0.0.10.in-addr.arpa.', type: TYPE.PTR, udpBytes: 0 })!,
  // A name that points at itself, one that points into its own middle, a loop of two.
  Uint8Array.of(0, 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1),
  Uint8Array.of(0, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0xc0, 12, 0, 1, 0, 1),
  Uint8Array.of(0, 5, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 0xc0, 12, 0, 1, 0, 1),
  // Counts of 65,535.
  Uint8Array.of(0, 6, 1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 1, 0, 1),
  Uint8Array.of(0, 7, 0x80, 0, 0, 1, 255, 255, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1),
];

function nextMessage(next: (below: number) => number): Uint8Array {
  if (next(3) === 0) return Uint8Array.from({ length: next(80) }, () => next(256));
  const message = Uint8Array.from(SEEDS[next(SEEDS.length)]!);
  for (let edits = next(6); edits > 0; edits--) {
    message[next(message.length)] = next(4) === 0 ? 0xc0 : next(256);
  }
  return next(4) === 0 ? message.subarray(0, next(message.length + 1)) : message;
}

test('nothing throws, and all of it is quick', () => {
  const next = generator(20_201_123);
  const counts = { query: 0, drop: 0, refuse: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const message = nextMessage(next);
    const parsed = parseQuery(message);
    counts[parsed.kind]++;
    if (parsed.kind === 'refuse') describeMessage(encodeRefusal(parsed));
    decodeReplyHead(message);
    decodeAddresses(message);
  }
  // All three outcomes were met, or the mutations are no good.
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(ROUNDS / 50);
});

test('a message made of nothing but pointers is refused at once', () => {
  const bytes = new Uint8Array(65_535).fill(0xc0);
  bytes.set([0, 1, 0x80, 0, 0, 1, 255, 255, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
  expect(decodeAddresses(bytes)).toBeUndefined();
});
