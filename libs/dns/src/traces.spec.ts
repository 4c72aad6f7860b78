/**
 * Traces: testdata/*.txt holds questions with the whole expected answer. After a wanted change, run with
 * REWRITE_TRACES=1 and review the diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DnsSettings,
  describeMessage,
  encodeQuery,
  encodeReply,
  type MemoryRegistration,
  MemorySource,
  parseQuery,
  resolveQuestion,
  TYPE,
} from './index.ts';
import { QUESTION_FORMS } from './questions/index.ts';

const TESTDATA = join(__dirname, '..', 'testdata');
const REWRITE = process.env['REWRITE_TRACES'] === '1';

const DEFAULTS: DnsSettings = {
  domain: 'consul.',
  altDomain: '',
  datacenter: 'dc1',
  nodeTtlMs: 0,
  serviceTtlMs: {},
  onlyPassing: false,
  enableTruncate: false,
  udpAnswerLimit: 3,
  aRecordLimit: 0,
  disableCompression: false,
  nodeMetaTxt: true,
  soa: { refreshS: 3600, retryS: 600, expireS: 86400, minTtlS: 0 },
  translateWanAddresses: false,
};

/** Draws the last each time: a shuffle that leaves the order as it is. */
const random = { float: () => 0.999999, bytes: () => new Uint8Array(2), uuid: () => '' };

/** One trace file at work: the catalog and the settings that its commands have made so far. */
class Trace {
  private readonly source = new MemorySource('dc1');
  private settings = DEFAULTS;

  async run(line: string): Promise<string> {
    const space = line.indexOf(' ');
    const command = line.slice(0, space);
    const rest = line.slice(space + 1);
    switch (command) {
      case 'register':
        this.source.register(JSON.parse(rest) as MemoryRegistration);
        return 'ok';
      case 'query': {
        const { name, ...query } = JSON.parse(rest);
        this.source.queries.set(name, (suffix) => ({ ...query, service: query.service || suffix }));
        return 'ok';
      }
      case 'set':
        this.settings = { ...this.settings, ...JSON.parse(rest) };
        return 'ok';
      case 'ask':
        return this.ask(rest.split(' '));
      default:
        throw new Error(`unknown command: ${line}`);
    }
  }

  /** ask NAME [TYPE] [edns=BYTES] [tcp] */
  private async ask(words: readonly string[]): Promise<string> {
    const [name, type = 'A'] = words.filter((word) => word !== 'tcp' && !word.includes('='));
    const edns = words.find((word) => word.startsWith('edns='));
    const message = encodeQuery({
      id: 1,
      name: name!,
      type: TYPE[type as keyof typeof TYPE],
      udpBytes: Number(edns?.slice(5) ?? 0),
    });
    const parsed = parseQuery(message!);
    if (parsed.kind !== 'query') throw new Error(`not a query: ${words.join(' ')}`);
    const { query } = parsed;
    const outcome = await resolveQuestion(query.question, {
      settings: this.settings,
      source: this.source,
      serial: 1,
      hasEdns: query.edns !== undefined,
      subnetAddress: '',
      lookupOutside: async (host, wanted) =>
        host === 'db.example.com.' && wanted === TYPE.A
          ? [{ type: TYPE.A, name: host, ttlS: 77, address: Uint8Array.of(192, 0, 2, 1) }]
          : [],
    });
    if (outcome.kind === 'outside') return outcome.asked ? 'outside, asked' : 'outside';
    const reply = encodeReply(query, outcome.resolution, {
      transport: words.includes('tcp') ? 'tcp' : 'udp',
      authoritative: true,
      recursionAvailable: false,
      compress: !this.settings.disableCompression,
      udpAnswerLimit: this.settings.udpAnswerLimit,
      enableTruncate: this.settings.enableTruncate,
      random,
    });
    const text = describeMessage(reply);
    return [
      `${text.rcode} ${text.flags.join(' ')}, ${reply.length} bytes`,
      ...text.answer.map((record) => `answer ${record}`),
      ...text.authority.map((record) => `authority ${record}`),
      ...text.additional.map((record) => `additional ${record}`),
      ...(outcome.freshness ? [] : ['not to be kept']),
    ].join('\n');
  }
}

/** Runs a file and gives it back with the answers of now. Blocks: a command, `----`, the answer, a blank line. */
async function replay(text: string): Promise<string> {
  const trace = new Trace();
  const out: string[] = [];
  for (const block of text.trimEnd().split(/\n\n+/)) {
    const lines = block.split('\n');
    const comments = lines.filter((line) => line.startsWith('#'));
    const command = lines.find((line) => !line.startsWith('#'));
    const answer = command === undefined ? [] : [command, '----', await trace.run(command)];
    out.push([...comments, ...answer].join('\n'));
  }
  return `${out.join('\n\n')}\n`;
}

const files = readdirSync(TESTDATA).filter((file) => file.endsWith('.txt'));

test.each(files)('%s', async (file) => {
  const path = join(TESTDATA, file);
  const text = readFileSync(path, 'utf8');
  const now = await replay(text);
  if (REWRITE) writeFileSync(path, now);
  else expect(now).toBe(text);
});

test('every question form has a trace', () => {
  for (const form of QUESTION_FORMS) expect(files).toContain(`${form.name}.txt`);
});

test('names of question forms are unique', () => {
  expect(new Set(QUESTION_FORMS.map((form) => form.name)).size).toBe(QUESTION_FORMS.length);
});
