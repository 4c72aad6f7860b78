/** 100,000 random and mutated datagrams through everything between two sockets. */
import { noMetrics, silentLogger } from '@mesh/base';
import { describeMessage, encodeQuery, MemorySource, TYPE } from '@mesh/dns';
import { Recursors } from './recursors.ts';
import { Responder } from './responder.ts';
import { testPlatform, testSettings } from './testing/world.ts';

const ROUNDS = 100_000;
const SEED = 8_600;

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const NAMES = [
  'web.service.consul.',
  'tag.web.service.dc1.consul.',
  '_web._tcp.service.consul.',
  'n1.node.consul.',
  '7f000001.addr.consul.',
  '1.0.0.10.in-addr.arpa.',
  'x.query.consul.',
  'web.connect.consul.',
  'consul.',
  'example.com.',
];
const TYPES = [...Object.values(TYPE), 257, 0, 65_535];

function nextMessage(next: (below: number) => number): Uint8Array {
  if (next(4) === 0) return Uint8Array.from({ length: next(120) }, () => next(256));
  const message = encodeQuery({
    id: next(65_536),
    name: NAMES[next(NAMES.length)]!,
    type: TYPES[next(TYPES.length)]!,
    udpBytes: next(3) === 0 ? 0 : next(65_536),
    ...(next(8) === 0 && {
      subnet: { family: 1, sourceBits: 8, address: Uint8Array.of(next(256)) },
    }),
  })!;
  for (let edits = next(4); edits > 0; edits--) {
    message[next(message.length)] = next(4) === 0 ? 0xc0 : next(256);
  }
  return next(10) === 0 ? message.subarray(0, next(message.length + 1)) : message;
}

test('every reply is well-formed and as small as the client wants it', async () => {
  const platform = testPlatform();
  const source = new MemorySource('dc1');
  for (let at = 0; at < 40; at++) {
    const Service = { ID: 'web', Service: 'web', Tags: ['tag'], Port: at };
    source.register({ Node: `n${at}`, Address: `10.0.0.${at}`, NodeMeta: { k: 'v' }, Service });
  }
  const responder = new Responder({
    source,
    settings: testSettings({ enableTruncate: true }),
    recursors: new Recursors({ addresses: [], timeoutMs: 1, platform, logger: silentLogger }),
    logger: silentLogger,
    metrics: noMetrics,
    platform,
  });
  const next = generator(SEED);
  const rcodes: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    const message = Buffer.from(nextMessage(next));
    const before = Buffer.from(message);
    const reply = responder.cached(message, 'udp') ?? (await responder.respond(message, 'udp'));
    if (!message.equals(before)) throw new Error(`round ${round}: the query was changed`);
    if (!reply) continue;
    const text = describeMessage(reply);
    if (text.id !== message.readUInt16BE(0)) throw new Error(`round ${round}: wrong id`);
    if (reply.length > Math.max(text.ednsUdpBytes ?? 512, 512)) {
      throw new Error(`round ${round}: ${reply.length} bytes are too many`);
    }
    rcodes[text.rcode] = (rcodes[text.rcode] ?? 0) + 1;
    if (round % 10_000 === 0) source.change();
  }
  // Each kind of outcome was met, or the mutations are no good.
  for (const rcode of ['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'FORMERR', 'NOTIMP', 'RCODE16']) {
    expect(rcodes[rcode]).toBeGreaterThan(100);
  }
  responder.stop();
  expect(source.watchers).toBe(0);
}, 60_000);
