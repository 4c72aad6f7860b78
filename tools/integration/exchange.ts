/** An HTTP exchange recorded from the original, and how an answer is judged against it. */
import { Agent, request } from 'node:http';
import { gunzipSync } from 'node:zlib';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** The body is repeated this often. */
  readonly repeat_body?: number;
  /** Only so much of an endless answer is read. */
  readonly read_bytes?: number;
}

export interface Exchange {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly status: number;
  readonly accept?: readonly number[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  /** Paths whose values must be equal, not only alike. */
  readonly exact?: readonly string[];
  readonly matches?: string;
  readonly save?: Readonly<Record<string, string>>;
  readonly during?: readonly { readonly after_ms: number; readonly request: RecordedRequest }[];
  readonly pause_ms?: number;
  readonly eventually_ms?: number;
  readonly may_be_empty?: boolean;
  readonly any_order?: boolean;
  readonly loose_headers?: readonly string[];
  /** A read that blocks: it must not be answered earlier. */
  readonly min_ms?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly elapsedMs: number;
}

export type Variables = Map<string, string>;

/** Members of these objects are data, not schema. */
const MAPS = new Set(
  [
    'Meta NodeMeta ServiceMeta TaggedAddresses ServiceTaggedAddresses DebugConfig Stats Labels',
    'Config Tags Counters Gauges Samples Points CPU Memory Disk Host Coord Keys',
  ].flatMap((line) => line.split(' ')),
);
const PRESENCE_ONLY = /^(x-consul-(index|lastcontact|contenthash)|age|etag)$/;

/** Replaces ${name} by what an earlier answer gave. */
export function fill(text: string, variables: Variables): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name) => variables.get(name) ?? whole);
}

export function send(
  port: number,
  recorded: RecordedRequest,
  variables: Variables,
): Promise<Answer> {
  const startedAt = performance.now();
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(recorded.headers ?? {})) {
    headers[name] = fill(value, variables);
  }
  const { body } = recorded;
  const text = body === undefined || body === null ? undefined : bodyText(body, variables);
  const data = text === undefined ? undefined : Buffer.from(text.repeat(recorded.repeat_body ?? 1));
  if (data) headers['Content-Length'] = String(data.length);
  return new Promise((resolve) => {
    const finish = (status: number, got: Answer['headers'], chunks: Buffer[]) =>
      resolve({
        status,
        headers: got,
        text: plainText(Buffer.concat(chunks), got['content-encoding']),
        elapsedMs: performance.now() - startedAt,
      });
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: recorded.method,
      path: fill(recorded.path, variables),
      headers,
      agent: new Agent({ keepAlive: false }),
    });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const end = () =>
        finish(incoming.statusCode ?? 0, incoming.headers as Answer['headers'], chunks);
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (recorded.read_bytes && length >= recorded.read_bytes) {
          end();
          incoming.destroy();
        }
      });
      incoming.on('end', end);
      incoming.on('error', end);
    });
    outgoing.on('error', () => finish(0, {}, []));
    outgoing.end(data);
  });
}

function plainText(bytes: Buffer, encoding: string | undefined): string {
  return (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

function bodyText(body: Json, variables: Variables): string {
  return fill(typeof body === 'string' ? body : JSON.stringify(body), variables);
}

/** What differs, one line each. Forgives null for empty, texts of errors, and a 4xx for a recorded 500. */
export function judge(recorded: Exchange, answer: Answer): string[] {
  const accepted = [recorded.status, ...(recorded.accept ?? [])];
  const isBetter = recorded.status === 500 && answer.status >= 400 && answer.status < 500;
  if (isBetter) return [];
  if (!accepted.includes(answer.status)) {
    return [`status ${answer.status}, want ${recorded.status}: ${answer.text.slice(0, 120)}`];
  }
  if (answer.status !== recorded.status) return [];
  return [
    ...judgeHeaders(recorded, answer),
    ...(recorded.min_ms && answer.elapsedMs < recorded.min_ms
      ? [`answered after ${Math.round(answer.elapsedMs)} ms, want at least ${recorded.min_ms}`]
      : []),
    ...judgeBody(recorded, answer),
  ];
}

function judgeHeaders(recorded: Exchange, answer: Answer): string[] {
  const wrong: string[] = [];
  for (const [name, want] of Object.entries(recorded.headers)) {
    const low = name.toLowerCase();
    const got = answer.headers[low];
    const isForgiven = recorded.status >= 300 && /^(vary|x-consul-reason|content-type)$/.test(low);
    if (got === undefined) {
      if (!isForgiven) wrong.push(`header ${name} missing`);
    } else if (!PRESENCE_ONLY.test(low) && !want.includes('${')) {
      const plain = (text: string) => text.replaceAll(' ', '').split(';')[0];
      const isLoose = recorded.loose_headers?.includes(low);
      if (plain(got) !== plain(want) && !isLoose)
        wrong.push(`header ${name}: ${got}, want ${want}`);
    }
  }
  return wrong;
}

function judgeBody(recorded: Exchange, { text, headers }: Answer): string[] {
  if (recorded.matches !== undefined) {
    return new RegExp(recorded.matches).test(text)
      ? []
      : [`body does not match ${recorded.matches}`];
  }
  const isJson = headers['content-type']?.includes('json');
  const got: Json = isJson ? JSON.parse(text) : text;
  const want = recorded.body;
  if (typeof want === 'string' && (typeof got !== 'object' || got === null)) {
    const isCut = want.endsWith('...cut') || want.startsWith('<') || recorded.status >= 400;
    return isCut || want.trim() === String(got).trim() ? [] : [`body ${text.slice(0, 120)}`];
  }
  if (recorded.may_be_empty && isEmpty(got)) return [];
  const wrong: string[] = [];
  compare(want, got, '$', '', recorded.any_order ?? false, wrong);
  for (const path of recorded.exact ?? []) {
    const wantedValue = JSON.stringify(at(want, path));
    const value = JSON.stringify(at(got, path));
    const isVariable = wantedValue?.includes('${');
    if (wantedValue !== value && !isVariable)
      wrong.push(`$.${path}: ${value}, want ${wantedValue}`);
  }
  return wrong;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function kind(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** Shapes: same kinds, no key of the recording absent. */
function compare(
  want: Json,
  got: Json,
  path: string,
  key: string,
  anyOrder: boolean,
  wrong: string[],
): void {
  if (isEmpty(want) && (isEmpty(got) || typeof got === 'object' || typeof got === 'string')) return;
  if (kind(want) !== kind(got)) {
    if (!isEmpty(got) || path === '$') wrong.push(`${path}: ${kind(got)}, want ${kind(want)}`);
    return;
  }
  if (Array.isArray(want) && Array.isArray(got)) {
    if (got.length === 0) wrong.push(`${path}: empty`);
    else compareLists(want, got, path, anyOrder, wrong);
  } else if (typeof want === 'object' && want !== null && !MAPS.has(key)) {
    const object = got as { [key: string]: Json };
    for (const [name, inner] of Object.entries(want)) {
      if (name in object) compare(inner, object[name]!, `${path}.${name}`, name, anyOrder, wrong);
      else if (!isEmpty(inner)) wrong.push(`${path}.${name}: missing`);
    }
  }
}

function compareLists(want: Json[], got: Json[], path: string, anyOrder: boolean, wrong: string[]) {
  if (!anyOrder) {
    const count = want.length === got.length ? want.length : 1;
    for (let at = 0; at < count; at++)
      compare(want[at]!, got[at]!, `${path}[${at}]`, '', false, wrong);
    return;
  }
  for (const [at, element] of got.entries()) {
    const tries = want.map((wanted) => {
      const differences: string[] = [];
      compare(wanted, element, `${path}[${at}]`, '', true, differences);
      return differences;
    });
    wrong.push(...tries.reduce((best, one) => (one.length < best.length ? one : best)));
  }
}

/** Value at a dotted path; `#` is a length. */
export function at(value: Json, path: string): Json | undefined {
  let here: Json | undefined = value;
  for (const part of path === '' ? [] : path.split('.')) {
    if (here === null || here === undefined || typeof here !== 'object') return undefined;
    if (part === '#') here = Object.keys(here).length;
    else here = (here as { [key: string]: Json })[part];
  }
  return here;
}
