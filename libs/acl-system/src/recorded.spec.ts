import { readFileSync } from 'node:fs';
import type { Reply } from '@mesh/resource';
import { AclWorld } from './testing/acl-world.ts';

interface Recorded {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly token: string;
    readonly body?: unknown;
  };
  readonly status: number;
  readonly body: unknown;
  readonly save?: Readonly<Record<string, string>>;
}

const EXCHANGES: readonly Recorded[] = JSON.parse(
  readFileSync(`${__dirname}/../testdata/exchanges.json`, 'utf8'),
);
/** Of the server's own making, and another each time. */
const OWN = ['CreateTime', 'ExpirationTime', 'Hash', 'CreateIndex', 'ModifyIndex'];
/** But those that have a meaning. */
const UUID = /(?!0{8}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const MADE = /00000000-0000-4000-8000-[0-9]{12}/g;

/** As text, fields in their order; what differs from run to run masked, lists in an order of their own. */
function plain(value: unknown): string {
  const masked = JSON.stringify(value, (key, inner) => (OWN.includes(key) ? '<own>' : inner), 1);
  const text = (masked ?? '').replace(MADE, '<uuid>').replace(UUID, '<uuid>');
  if (!Array.isArray(value)) return text;
  const rows = (JSON.parse(text) as unknown[]).map((row) => JSON.stringify(row, null, 1));
  return rows.sort().join('\n');
}

function bodyOf(reply: Reply): unknown {
  if (reply.kind === 'json') return reply.value;
  return reply.kind === 'text' ? reply.text : '';
}

describe('what was recorded of the original', () => {
  const world = new AclWorld();
  const saved = new Map<string, string>();
  beforeAll(() => world.seed());

  test.each(EXCHANGES.map((each) => [each.name, each] as const))('%s', async (_name, exchange) => {
    const { method, path, token, body } = JSON.parse(
      JSON.stringify(exchange.request).replace(
        /\$\{(\w+)\}/g,
        (whole, name) => saved.get(name) ?? whole,
      ),
    ) as Recorded['request'];
    const reply = await world.ask(method, path, token, body);
    // The original answers bad input with 500; here it is the client's fault.
    if (exchange.status === 500) expect([400, 403, 404, 409]).toContain(reply.status);
    else expect(reply.status).toBe(exchange.status);
    if (reply.status === 200) expect(plain(bodyOf(reply))).toBe(plain(exchange.body));
    else if (exchange.status !== 500 && exchange.status !== 400) {
      // Clients look for the words of denials.
      expect(String(bodyOf(reply)).replace(/index: \d+/, 'index: 14')).toBe(exchange.body);
    } else expect(bodyOf(reply)).not.toBe('');
    for (const [name, field] of Object.entries(exchange.save ?? {})) {
      saved.set(name, (bodyOf(reply) as Readonly<Record<string, string>>)[field]!);
    }
  });
});
