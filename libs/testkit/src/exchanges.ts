import { readFileSync } from 'node:fs';
import { MeshError } from '@mesh/base';
import type { BoundRoute, Reply } from '@mesh/resource';
import { callRoute } from './test-request.ts';

/** An exchange recorded from the original: what was sent, and what it answered. */
export interface Exchange {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly status: number;
  readonly body: unknown;
}

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
    return { kind: 'text', status: 400, text: thrown.message };
  }
}

/**
 * Expects the answer that was recorded: status and a JSON body to the byte, but for indexes. A
 * recorded 500 stands for a refusal; ours is a 400.
 */
export async function expectRecorded(
  routes: readonly BoundRoute[],
  exchange: Exchange,
): Promise<void> {
  const reply = await answerOf(routes, exchange);
  expect(reply.status).toBe(exchange.status === 500 ? 400 : exchange.status);
  if (exchange.status >= 400) return;
  if (reply.kind === 'json') expect(encoded(reply.value)).toBe(encoded(exchange.body));
  else expect(exchange.body).toBe('');
}

function encoded(value: unknown): string {
  const hide = (key: string, inner: unknown) =>
    key === 'CreateIndex' || key === 'ModifyIndex' ? 0 : inner;
  return JSON.stringify(value, hide, 1);
}
