import {
  anything,
  base64Decode,
  invalid,
  list,
  mismatch,
  optional,
  record,
  refine,
  type Shape,
  text,
  utf8Text,
  whole,
} from '@mesh/base';
import { looseCheck, looseNode, looseService } from '@mesh/catalog';
import type { TxnOperation } from './types.ts';
import { parseWithWideFlags } from './wide-flags.ts';

const MAX_FLAGS = 18446744073709551615n;
const modifyIndex = record({ ModifyIndex: whole });

const base64 = refine(text, (value, path) => {
  const bytes = base64Decode(value);
  if (!bytes) throw mismatch(path, 'base64', value);
  return bytes;
});

/**
 * 64 bits, wide ones as digits (parseWithWideFlags); a bigint only where a number would lose some.
 */
const flags = refine(anything, (value, path) => {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  const isDigits = typeof value === 'string' && /^\d{16,20}$/.test(value);
  const wide = isDigits ? BigInt(value) : MAX_FLAGS + 1n;
  if (wide > MAX_FLAGS) throw mismatch(path, 'a whole number from 0 to 2^64-1', value);
  return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide;
});

/** An entity together with the ModifyIndex in it, which a cas verb compares. */
function indexed<T>(inner: Shape<T>): Shape<{ readonly entity: T; readonly index: number }> {
  return {
    decode: (value, path) => ({
      entity: inner.decode(value, path),
      index: modifyIndex.decode(value, path).ModifyIndex,
    }),
  };
}

const kvBody = record({
  Verb: text,
  Key: text,
  Value: base64,
  Flags: flags,
  Index: whole,
  Session: text,
});
const nodeBody = record({ Verb: text, Node: indexed(looseNode) });
const serviceBody = record({ Verb: text, Node: text, Service: indexed(looseService) });
const checkBody = record({ Verb: text, Check: indexed(looseCheck) });
const operationBody = record({
  KV: optional(kvBody),
  Node: optional(nodeBody),
  Service: optional(serviceBody),
  Check: optional(checkBody),
});
const operationList = list(anything);

/** The operations of a request body. Throws `invalid-argument` with the place of what is wrong. */
export function decodeOperations(body: Uint8Array): readonly TxnOperation[] {
  try {
    const values = operationList.decode(parseWithWideFlags(utf8Text(body)), '') ?? [];
    return values.map((value, at) => decodeOperation(value, `[${at}]`));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`Failed to parse body: ${why}`);
  }
}

function decodeOperation(value: unknown, path: string): TxnOperation {
  const { KV, Node, Service, Check } = operationBody.decode(value, path);
  if (KV) {
    return {
      kind: 'kv',
      verb: KV.Verb,
      key: KV.Key,
      value: KV.Value,
      flags: KV.Flags,
      index: KV.Index,
      session: KV.Session,
    };
  }
  if (Node) {
    const { entity, index } = Node.Node;
    return { kind: 'node', verb: Node.Verb, node: entity, index };
  }
  if (Service) {
    const { entity, index } = Service.Service;
    return { kind: 'service', verb: Service.Verb, node: Service.Node, service: entity, index };
  }
  if (Check) {
    const { entity, index } = Check.Check;
    return { kind: 'check', verb: Check.Verb, check: entity, index };
  }
  throw invalid(`${path}: an operation is one of KV, Node, Service, Check`);
}
