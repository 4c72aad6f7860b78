import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { QueryMessage, QueryResponse, RelayMessage } from './serf-messages.ts';
import {
  hostBytes,
  MAX_LIST,
  readHost,
  readLamport,
  readName,
  readStruct,
  readU32,
  structFields,
} from './serf-struct.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const QUERY = structFields<Mutable<QueryMessage>>({
  LTime: (reader, target) => {
    target.lamportTime = readLamport(reader);
  },
  ID: (reader, target) => {
    target.id = readU32(reader);
  },
  Addr: (reader, target) => {
    target.host = readHost(reader);
  },
  Port: (reader, target) => {
    target.port = reader.uint(0xffff);
  },
  SourceNode: (reader, target) => {
    target.sourceNode = readName(reader);
  },
  Filters: (reader, target) => {
    const filters: Uint8Array[] = [];
    for (let left = reader.count(MAX_LIST); left > 0; left--) {
      filters.push(reader.rawCopy() ?? new Uint8Array());
    }
    target.filters = filters;
  },
  Flags: (reader, target) => {
    target.flags = readU32(reader);
  },
  RelayFactor: (reader, target) => {
    target.relayFactor = reader.uint(255);
  },
  Timeout: (reader, target) => {
    target.timeoutNs = reader.int();
  },
  Name: (reader, target) => {
    target.name = reader.text();
  },
  Payload: (reader, target) => {
    target.payload = reader.rawCopy();
  },
});

const RESPONSE = structFields<Mutable<QueryResponse>>({
  LTime: (reader, target) => {
    target.lamportTime = readLamport(reader);
  },
  ID: (reader, target) => {
    target.id = readU32(reader);
  },
  From: (reader, target) => {
    target.from = readName(reader);
  },
  Flags: (reader, target) => {
    target.flags = readU32(reader);
  },
  Payload: (reader, target) => {
    target.payload = reader.rawCopy();
  },
});

interface Destination {
  host: string;
  port: number;
}

const ADDRESS = structFields<Destination>({
  IP: (reader, target) => {
    target.host = readHost(reader);
  },
  Port: (reader, target) => {
    target.port = reader.uint(0xffff);
  },
});

const RELAY = structFields<Destination & { node: string }>({
  DestAddr: (reader, target) => {
    readStruct<Destination>(reader, ADDRESS, target);
  },
  DestName: (reader, target) => {
    target.node = readName(reader);
  },
});

export function readQuery(reader: MsgpackReader): QueryMessage {
  return readStruct<Mutable<QueryMessage>>(reader, QUERY, {
    kind: 'query',
    lamportTime: 0,
    id: 0,
    host: '',
    port: 0,
    sourceNode: '',
    filters: [],
    flags: 0,
    relayFactor: 0,
    timeoutNs: 0,
    name: '',
    payload: undefined,
  });
}

export function writeQuery(writer: MsgpackWriter, query: QueryMessage): void {
  writer.map(11).text('Addr').raw(hostBytes(query.host)).text('Filters');
  if (query.filters.length === 0) {
    writer.nil();
  } else {
    writer.array(query.filters.length);
    for (const filter of query.filters) writer.raw(filter);
  }
  writer.text('Flags').int(query.flags).text('ID').int(query.id);
  writer.text('LTime').int(query.lamportTime).text('Name').text(query.name);
  writer.text('Payload').raw(query.payload).text('Port').int(query.port);
  writer.text('RelayFactor').int(query.relayFactor).text('SourceNode').text(query.sourceNode);
  writer.text('Timeout').int(query.timeoutNs);
}

export function readResponse(reader: MsgpackReader): QueryResponse {
  return readStruct<Mutable<QueryResponse>>(reader, RESPONSE, {
    kind: 'queryResponse',
    lamportTime: 0,
    id: 0,
    from: '',
    flags: 0,
    payload: undefined,
  });
}

export function writeResponse(writer: MsgpackWriter, response: QueryResponse): void {
  writer.map(5).text('Flags').int(response.flags).text('From').text(response.from);
  writer.text('ID').int(response.id).text('LTime').int(response.lamportTime);
  writer.text('Payload').raw(response.payload);
}

export function readRelay(reader: MsgpackReader): RelayMessage {
  const target = readStruct(reader, RELAY, { host: '', port: 0, node: '' });
  return { kind: 'relay', ...target, body: reader.take(reader.remaining) };
}

export function writeRelay(writer: MsgpackWriter, relay: RelayMessage): void {
  writer.map(2).text('DestAddr').map(3).text('IP').raw(hostBytes(relay.host));
  writer.text('Port').int(relay.port).text('Zone').text('');
  writer.text('DestName').text(relay.node).append(relay.body);
}
