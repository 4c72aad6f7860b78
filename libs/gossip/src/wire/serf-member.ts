import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { ConflictResponse, MemberRecord } from './serf-messages.ts';
import { hostBytes, readHost, readName, readStruct, structFields } from './serf-struct.ts';
import { MAX_TAGS } from './tags.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const version =
  (name: 'protocolMin' | 'protocolMax' | 'protocolCur' | `delegate${'Min' | 'Max' | 'Cur'}`) =>
  (reader: MsgpackReader, target: Mutable<MemberRecord>) => {
    target[name] = reader.uint(255);
  };

const FIELDS = structFields<Mutable<MemberRecord>>({
  Name: (reader, target) => {
    target.name = readName(reader);
  },
  Addr: (reader, target) => {
    target.host = readHost(reader);
  },
  Port: (reader, target) => {
    target.port = reader.uint(0xffff);
  },
  Tags: (reader, target) => {
    const tags: Record<string, string> = Object.create(null) as Record<string, string>;
    for (let left = reader.map(MAX_TAGS); left > 0; left--) tags[reader.text()] = reader.text();
    target.tags = tags;
  },
  Status: (reader, target) => {
    target.status = reader.uint(255);
  },
  ProtocolMin: version('protocolMin'),
  ProtocolMax: version('protocolMax'),
  ProtocolCur: version('protocolCur'),
  DelegateMin: version('delegateMin'),
  DelegateMax: version('delegateMax'),
  DelegateCur: version('delegateCur'),
});

export function readConflict(reader: MsgpackReader): ConflictResponse {
  if (reader.skipNil()) return { kind: 'conflictResponse', member: undefined };
  const member = readStruct<Mutable<MemberRecord>>(reader, FIELDS, {
    name: '',
    host: '',
    port: 0,
    tags: {},
    status: 0,
    protocolMin: 0,
    protocolMax: 0,
    protocolCur: 0,
    delegateMin: 0,
    delegateMax: 0,
    delegateCur: 0,
  });
  return { kind: 'conflictResponse', member };
}

export function writeConflict(writer: MsgpackWriter, { member }: ConflictResponse): void {
  if (!member) {
    writer.nil();
    return;
  }
  writer.map(11).text('Addr').raw(hostBytes(member.host));
  writer.text('DelegateCur').int(member.delegateCur).text('DelegateMax').int(member.delegateMax);
  writer.text('DelegateMin').int(member.delegateMin).text('Name').text(member.name);
  writer.text('Port').int(member.port).text('ProtocolCur').int(member.protocolCur);
  writer.text('ProtocolMax').int(member.protocolMax).text('ProtocolMin').int(member.protocolMin);
  const tags = Object.entries(member.tags);
  writer.text('Status').int(member.status).text('Tags').map(tags.length);
  for (const [name, value] of tags) writer.text(name).text(value);
}
