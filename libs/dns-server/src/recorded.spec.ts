/** All recorded questions of the real thing, under its eight configurations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noMetrics, silentLogger } from '@mesh/base';
import {
  describeMessage,
  encodeQuery,
  type MemoryRegistration,
  MemorySource,
  type MessageText,
  TYPE,
} from '@mesh/dns';
import { Recursors } from './recursors.ts';
import { Responder, type Transport } from './responder.ts';
import { testPlatform, testSettings } from './testing/world.ts';

type Counts = Readonly<Record<string, number>>;

interface RecordedQuestion {
  readonly dig: readonly string[];
  readonly status: string;
  readonly flags: readonly string[];
  readonly edns: number | null;
  readonly clientSubnet?: string;
  readonly retriedOverTcp?: boolean;
  readonly countOnly?: boolean;
  readonly question: readonly string[];
  readonly answer: readonly string[] | Counts;
  readonly authority: readonly string[] | Counts;
  readonly additional: readonly string[] | Counts;
}

interface Recorded {
  readonly registrations: readonly MemoryRegistration[];
  readonly sets: readonly {
    readonly name: string;
    readonly config: Parameters<typeof testSettings>[0] & {
      readonly recursors?: readonly string[];
    };
    readonly questions: readonly RecordedQuestion[];
  }[];
}

const recorded = JSON.parse(
  readFileSync(join(__dirname, '..', 'testdata', 'recorded.json'), 'utf8'),
) as Recorded;

function catalog(): MemorySource {
  const source = new MemorySource('dc1');
  source.register({
    Node: 'ref1',
    Address: '127.0.0.1',
    NodeMeta: { 'consul-network-segment': '' },
    Service: { ID: 'consul', Service: 'consul', Port: 8300 },
  });
  for (const registration of recorded.registrations) source.register(registration);
  source.queries.set('nearest-web', () => ({ service: 'web', ttlMs: 17_000, onlyPassing: true }));
  source.queries.set('tpl-*', (service) => ({ service }));
  return source;
}

const TYPES: Readonly<Record<string, number>> = { ...TYPE, CAA: 257 };

/** The query that dig makes of its arguments. */
function digQuery(words: readonly string[]): { message: Uint8Array; transport: Transport } {
  const option = (name: string) =>
    words.find((word) => word.startsWith(`+${name}=`))?.slice(name.length + 2);
  const plain = words.filter((word) => !word.startsWith('+'));
  const isReverse = plain[0] === '-x';
  const name = isReverse ? reverseName(plain[1]!) : plain[0]!;
  const type = isReverse ? 'PTR' : (plain[1] ?? 'A');
  const bits = option('subnet')?.split('/')[1];
  const message = encodeQuery({
    id: 4711,
    name: name.endsWith('.') ? name : `${name}.`,
    type: TYPES[type] ?? TYPE.A,
    classCode: plain.includes('CH') ? 3 : 1,
    recursionDesired: !words.includes('+norecurse'),
    udpBytes: words.includes('+noedns') ? 0 : Number(option('bufsize') ?? 1232),
    ...(bits && { subnet: { family: 1, sourceBits: 24, address: Uint8Array.of(10, 0, 0) } }),
  });
  return { message: message!, transport: words.includes('+tcp') ? 'tcp' : 'udp' };
}

function reverseName(address: string): string {
  if (!address.includes(':')) return `${address.split('.').reverse().join('.')}.in-addr.arpa.`;
  const [head = '', tail = ''] = address.split('::');
  const nibbles = head.padEnd(32 - tail.length, '0') + tail;
  return `${[...nibbles].reverse().join('.')}.ip6.arpa.`;
}

function masked(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/( SOA \S+ \S+) \d+/, '$1 SERIAL')).sort();
}

function countsOf(lines: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const type = line.split(' ')[3]!;
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

function section(want: readonly string[] | Counts, got: readonly string[]) {
  return Array.isArray(want) ? [masked(want), masked(got)] : [want, countsOf(got)];
}

for (const { name, config, questions } of recorded.sets) {
  describe(name, () => {
    const platform = testPlatform();
    const { recursors: addresses = [], ...changes } = config;
    const recursors = new Recursors({
      addresses,
      timeoutMs: 1000,
      platform,
      logger: silentLogger,
    });
    const responder = new Responder({
      source: catalog(),
      settings: testSettings(changes),
      recursors,
      logger: silentLogger,
      metrics: noMetrics,
      platform,
    });

    async function ask(message: Uint8Array, transport: Transport): Promise<MessageText> {
      const reply =
        responder.cached(message, transport) ?? (await responder.respond(message, transport));
      return describeMessage(reply!);
    }

    // Each is asked three times: the third answer may come from the cache and must be as good.
    test.each(
      questions.flatMap((one) => [one, one, one]).map((one) => [one.dig.join(' '), one] as const),
    )('%s', async (_text, want) => {
      const { message, transport } = digQuery(want.dig);
      let got = await ask(message, transport);
      if (got.flags.includes('tc') && !want.dig.includes('+ignore')) {
        expect(want.retriedOverTcp).toBe(true);
        got = await ask(message, 'tcp');
      } else expect(want.retriedOverTcp).toBeUndefined();
      expect(got.id).toBe(4711);
      expect(got.rcode).toBe(want.status);
      expect(got.flags).toEqual(want.flags);
      expect(got.ednsUdpBytes ?? null).toBe(want.edns);
      expect(got.clientSubnet).toBe(want.clientSubnet);
      expect(got.question).toEqual(want.question.map((line) => line.replace('CAA', 'TYPE257')));
      for (const part of ['answer', 'authority', 'additional'] as const) {
        const [wanted, found] = section(want[part], got[part]);
        expect(found).toEqual(wanted);
      }
    });
  });
}
