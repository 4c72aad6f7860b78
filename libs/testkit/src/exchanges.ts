import { readFileSync } from 'node:fs';
import { base64Encode, MeshError, utf8Text } from '@mesh/base';
import type { BoundRoute, Reply } from '@mesh/resource';
import { callRoute } from './test-request.ts';

/** An exchange recorded from the original: what was sent, and what it answered. */
export interface Exchange {
  readonly name: string;
  /** `${name}` in path and body stands for a value saved before. */
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly status: number;
  readonly body: unknown;
  /** Values to be saved from the answer, by name: dotted paths such as `0.ModifyIndex`. */
  readonly save?: Readonly<Record<string, string>>;
}

/** Values that later exchanges refer to. */
export type Saved = Map<string, string>;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Exchanges of a JSON file, in the order in which they build on each other. */
export function readExchanges(file: string): readonly Exchange[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The answer of our handlers; what they refuse by throwing has the class of its status, 400. */
export async function answerOf(
  routes: readonly BoundRoute[],
  { request }: Exchange,
): Promise<Reply> {
  try {
    return await callRoute(routes, request.method, request.path, request.body);
  } catch (thrown) {
    if (!(thrown instanceof MeshError)) throw thrown;
    return { kind: 'text', status: thrown.code === 'too-large' ? 413 : 400, text: thrown.message };
  }
}

/**
 * Expects the answer that was recorded: status and a JSON body to the byte, but for indexes and, where
 * `saved` is given, UUIDs. A recorded 500 stands for a refusal; ours is a 400. The texts of refusals are
 * our own.
 */
export async function expectRecorded(
  routes: readonly BoundRoute[],
  exchange: Exchange,
  saved?: Saved,
): Promise<void> {
  const reply = await answerOf(routes, saved ? filledIn(exchange, saved) : exchange);
  expect(reply.status).toBe(exchange.status === 500 ? 400 : exchange.status);
  const plain = (text: string) => (saved ? text.replace(UUID, '<uuid>') : text);
  if (reply.kind === 'json') {
    expect(plain(encoded(reply.value))).toBe(plain(encoded(exchange.body)));
    for (const [name, path] of Object.entries(exchange.save ?? {})) {
      saved?.set(name, String(valueAt(reply.value, path)));
    }
  } else if (reply.status < 400) {
    expect(reply.kind === 'bytes' ? utf8Text(reply.bytes) : '').toBe(exchange.body);
  }
}

function filledIn(exchange: Exchange, saved: Saved): Exchange {
  const request = JSON.stringify(exchange.request).replace(/\$\{(\w+)\}/g, (whole, name) => {
    const value = saved.get(name);
    if (value === undefined) throw new Error(`${exchange.name}: nothing saved as ${whole}`);
    return value;
  });
  return { ...exchange, request: JSON.parse(request) };
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((inner, part) => (inner as Readonly<Record<string, unknown>>)[part], value);
}

function encoded(value: unknown): string {
  const asJson = (key: string, inner: unknown) => {
    if (key === 'CreateIndex' || key === 'ModifyIndex') return 0;
    if (key === 'What') return String(inner).replace(/index \d+/g, 'index 0');
    if (inner instanceof Uint8Array) return base64Encode(inner);
    return typeof inner === 'bigint' ? Number(inner) : inner;
  };
  return JSON.stringify(value, withoutBuffers(asJson), 1);
}

/** Buffers have a toJSON of their own that runs first: look at the holder instead. */
function withoutBuffers(replace: (key: string, inner: unknown) => unknown) {
  return function (this: Readonly<Record<string, unknown>>, key: string): unknown {
    return replace(key, this[key]);
  };
}
