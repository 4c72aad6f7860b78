import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { KeyRequest, KeyResponse } from './serf-messages.ts';
import { MAX_LIST, readStruct, readTexts, structFields } from './serf-struct.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const REQUEST = structFields<Mutable<KeyRequest>>({
  Key: (reader, target) => {
    target.key = reader.rawCopy();
  },
});

const RESPONSE = structFields<Mutable<KeyResponse>>({
  Result: (reader, target) => {
    target.result = reader.bool();
  },
  Message: (reader, target) => {
    target.message = reader.text();
  },
  Keys: (reader, target) => {
    target.keys = readTexts(reader, MAX_LIST);
  },
  PrimaryKey: (reader, target) => {
    target.primaryKey = reader.text();
  },
});

export function readKeyRequest(reader: MsgpackReader): KeyRequest {
  return readStruct<Mutable<KeyRequest>>(reader, REQUEST, { kind: 'keyRequest', key: undefined });
}

export function writeKeyRequest(writer: MsgpackWriter, { key }: KeyRequest): void {
  writer.map(1).text('Key').raw(key);
}

export function readKeyResponse(reader: MsgpackReader): KeyResponse {
  return readStruct<Mutable<KeyResponse>>(reader, RESPONSE, {
    kind: 'keyResponse',
    result: false,
    message: '',
    keys: [],
    primaryKey: '',
  });
}

export function writeKeyResponse(writer: MsgpackWriter, response: KeyResponse): void {
  writer.map(4).text('Keys');
  if (response.keys.length === 0) {
    writer.nil();
  } else {
    writer.array(response.keys.length);
    for (const key of response.keys) writer.text(key);
  }
  writer.text('Message').text(response.message).text('PrimaryKey').text(response.primaryKey);
  writer.text('Result').bool(response.result);
}
