import { LIVE_LIMITS, type LiveRequest } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import type { RenderedReply } from '../rendered-reply.ts';

/** Decodes a client's message. Throws `invalid-argument` saying what is wrong with it. */
export function decodeLiveRequest(text: string): LiveRequest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('the message is not JSON');
  }
  if (typeof value !== 'object' || value === null) throw invalid('the message is not an object');
  const { id, path, index, cancel } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || id.length > LIVE_LIMITS.maxIdLength) {
    throw invalid(`id: a text of 1 to ${LIVE_LIMITS.maxIdLength} characters is needed`);
  }
  if (cancel === true) return { id, cancel };
  if (typeof path !== 'string' || !path.startsWith('/v1/')) {
    throw invalid('path: a path that begins with /v1/ is needed');
  }
  if (index === undefined) return { id, path };
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) {
    throw invalid('index: a whole number, 0 or more, is needed');
  }
  return { id, path, index };
}

/** Text of an update whose body is already encoded. */
export function updateText(id: string, index: number, rendered: RenderedReply): string {
  const text = rendered.body.toString();
  const body = text === '' ? 'null' : isJson(rendered) ? text : JSON.stringify(text);
  return `{"id":${JSON.stringify(id)},"index":${index},"status":${rendered.status},"body":${body}}`;
}

/** Text of an update that tells of a failure. */
export function failureText(id: string, status: number, message: string): string {
  return JSON.stringify({ id, index: 0, status, body: message });
}

function isJson(rendered: RenderedReply): boolean {
  const at = rendered.head.indexOf('Content-Type');
  return at >= 0 && rendered.head[at + 1] === 'application/json';
}
