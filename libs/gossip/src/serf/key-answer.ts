import { MeshError } from '@mesh/base';
import { decodeSerf, encodeSerf } from '../wire/serf-codec.ts';
import type { KeyResponse } from '../wire/serf-messages.ts';
import { QUERY_RESPONSE_BYTES } from './direct-sender.ts';
import type { KeyOperation } from './internal-names.ts';
import type { KeyOperations } from './types.ts';

/** Smallest form of a key in a list: 16 bytes in base64 and its length. */
const MIN_LISTED_KEY_BYTES = 25;

/**
 * Does what a key query asks for. The answer is for the asker, whatever went wrong.
 *
 * @param fits whether a payload is small enough for one response
 */
export function answerKeyQuery(
  operation: KeyOperation,
  payload: Uint8Array,
  keys: KeyOperations | undefined,
  fits: (payload: Uint8Array) => boolean,
): Uint8Array {
  const installed = keys?.list();
  if (!keys || installed === undefined) {
    const problem = operation === 'list' ? 'Keyring is empty' : 'No keyring to modify';
    return failure(`${problem} (encryption not enabled)`);
  }
  if (operation === 'list') return listAnswer(installed, fits);
  try {
    const request = decodeSerf(payload);
    if (request.kind !== 'keyRequest' || !request.key) {
      return failure('the payload is no key request');
    }
    keys[operation](request.key);
    return encodeSerf(response({ result: true }));
  } catch (thrown) {
    return failure(MeshError.from(thrown).message, fits);
  }
}

/** As many keys as one response carries; the rest is only counted. */
function listAnswer(
  installed: readonly string[],
  fits: (payload: Uint8Array) => boolean,
): Uint8Array {
  const total = installed.length;
  const primaryKey = installed[0] ?? '';
  let shown = Math.min(total, Math.floor(QUERY_RESPONSE_BYTES / MIN_LISTED_KEY_BYTES));
  for (; shown >= 0; shown -= 1) {
    const keys = installed.slice(0, shown);
    const message =
      shown === total ? '' : `truncated key list response, showing first ${shown} of ${total} keys`;
    const answer = encodeSerf(response({ result: true, message, keys, primaryKey }));
    if (fits(answer)) return answer;
  }
  return failure('the key list does not fit into a response');
}

function failure(message: string, fits?: (payload: Uint8Array) => boolean): Uint8Array {
  const answer = encodeSerf(response({ result: false, message }));
  if (!fits || fits(answer)) return answer;
  return encodeSerf(response({ result: false, message: message.slice(0, 200) }));
}

function response(changes: Partial<KeyResponse>): KeyResponse {
  return {
    kind: 'keyResponse',
    result: false,
    message: '',
    keys: [],
    primaryKey: '',
    ...changes,
  };
}
