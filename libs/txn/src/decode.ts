import {
  anything,
  base64Decode,
  invalid,
  list,
  mismatch,
  optional,
  record,
  refine,
  text,
  utf8Text,
  whole,
} from '@mesh/base';
import { looseCheck, looseNode, looseService } from '@mesh/catalog';
import type { TxnOperation } from './types.ts';

const base64 = refine(text, (value, path) => {
  const bytes = base64Decode(value);
  if (!bytes) throw mismatch(path, 'base64', value);
  return bytes;
});

/** 64 bits: JSON.parse has rounded what a number cannot hold, so larger ones are refused, not bent. */
const flags = refine(anything, (value, path) => {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw mismatch(path, 'a whole number from 0 to 2^53', value);
});

const kvBody = record({
  Verb: text,
  Key: text,
  Value: base64,
  Flags: flags,
  Index: whole,
  Session: text,
});
const nodeBody = record({ Verb: text, Node: looseNode });
const serviceBody = record({ Verb: text, Node: text, Service: looseService });
const checkBody = record({ Verb: text, Check: looseCheck });
const operationBody = record({
  KV: optional(kvBody),
  Node: optional(nodeBody),
  Service: optional(serviceBody),
  Check: optional(checkBody),
});
const operationList = list(anything);

/** The ModifyIndex that a cas verb compares, as it stands in the entity itself. */
const indexOf = (value: unknown, name: string): number => {
  const entity = (value as Record<string, Record<string, unknown>>)[name] ?? {};
  const inner = (entity[name] ?? {}) as Record<string, unknown>;
  return whole.decode(inner['ModifyIndex'], `${name}.ModifyIndex`);
};

/** The operations of a request body. Throws `invalid-argument` with the place of what is wrong. */
export function decodeOperations(body: Uint8Array): readonly TxnOperation[] {
  try {
    const values = operationList.decode(JSON.parse(utf8Text(body)), '') ?? [];
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
  if (Node)
    return { kind: 'node', verb: Node.Verb, node: Node.Node, index: indexOf(value, 'Node') };
  if (Service) {
    return {
      kind: 'service',
      verb: Service.Verb,
      node: Service.Node,
      service: Service.Service,
      index: indexOf(value, 'Service'),
    };
  }
  if (Check) {
    return { kind: 'check', verb: Check.Verb, check: Check.Check, index: indexOf(value, 'Check') };
  }
  throw invalid(`${path}: an operation is one of KV, Node, Service, Check`);
}
