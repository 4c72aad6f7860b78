import type { IncomingMessage } from 'node:http';
import { MeshError } from '@mesh/base';

/** Refused bodies are still read up to here, so that the client gets to see the answer. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

const EMPTY = new Uint8Array(0);

/**
 * Collects a request's body. Rejects with `too-large` beyond `limitBytes` (at once when Content-Length tells)
 * and with `cancelled` when the client goes away. A body of one chunk is handed on without a copy.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  const declared = declaredLength(request);
  if (declared === 0) return Promise.resolve(EMPTY);
  if (declared !== undefined && declared > limitBytes) {
    discard(request);
    return Promise.reject(tooLarge(declared, limitBytes));
  }
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let total = 0;
    let settled = false;
    const fail = (error: MeshError) => {
      if (settled) return;
      settled = true;
      first = undefined;
      more = undefined;
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      if (settled) return;
      total += chunk.length;
      if (total > limitBytes) {
        fail(tooLarge(total, limitBytes));
        request.removeAllListeners('data');
        discard(request);
        return;
      }
      if (!first) first = chunk;
      else if (more) more.push(chunk);
      else more = [first, chunk];
    });
    request.on('end', () => {
      if (settled) return;
      settled = true;
      resolve(more ? Buffer.concat(more, total) : (first ?? EMPTY));
    });
    const gone = () => {
      // `close` also follows every good end.
      if (!settled) fail(new MeshError('cancelled', 'the client went away before its body'));
    };
    request.on('error', gone);
    request.on('close', gone);
  });
}

/**
 * A request's body as it arrives, no faster than it is taken. Throws as readBody rejects. What is left
 * when the walk ends early stays unread: see `discard`.
 */
export async function* streamBody(
  request: IncomingMessage,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  const declared = declaredLength(request) ?? 0;
  if (declared > limitBytes) throw tooLarge(declared, limitBytes);
  let total = 0;
  try {
    // The answer has to go out on the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      total += (chunk as Buffer).length;
      if (total > limitBytes) throw tooLarge(total, limitBytes);
      yield chunk as Buffer;
    }
  } catch (thrown) {
    if (thrown instanceof MeshError) throw thrown;
    throw new MeshError('cancelled', 'the client went away before its body', { cause: thrown });
  }
}

/** Content-Length; undefined for a chunked body, 0 for none at all. */
function declaredLength(request: IncomingMessage): number | undefined {
  const text = request.headers['content-length'];
  if (text !== undefined) return Number(text);
  return request.headers['transfer-encoding'] === undefined ? 0 : undefined;
}

function tooLarge(bytes: number, limitBytes: number): MeshError {
  return new MeshError(
    'too-large',
    `Request body(${bytes} bytes) too large, max size: ${limitBytes} bytes.`,
  );
}

/** Reads and drops what the client still sends; hangs up on one that does not stop. */
export function discard(request: IncomingMessage): void {
  let discarded = 0;
  request.on('error', () => {});
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MAX_DISCARDED_BYTES) request.destroy();
  });
}
