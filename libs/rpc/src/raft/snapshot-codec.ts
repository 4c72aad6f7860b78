import { assert, KIB, MIB } from '@mesh/base';
import type { ServerInfo, SnapshotOffer, SnapshotOutcome, Suffrage } from '@mesh/raft';
import { ByteReader, malformed } from '../bytes/byte-reader.ts';
import { ByteWriter, MAX_WHOLE_BYTES, textBound } from '../bytes/byte-writer.ts';
import { readId } from './message-codec.ts';

/** Bytes of a snapshot in one frame. */
export const CHUNK_BYTES = 128 * KIB;
/** Largest chunk that is taken. */
const MAX_CHUNK_BYTES = 1 * MIB;
/** Most servers in a configuration. */
const MAX_SERVERS = 1024;
const MAX_ADDRESS_BYTES = 512;

const SUFFRAGES: readonly Suffrage[] = ['voter', 'non-voter'];
const CODE = { offer: 1, chunk: 2, end: 3, outcome: 4 } as const;

/** What a snapshot stream carries: an offer, chunks, the end; and back, the outcome. */
export type SnapshotFrame =
  | { readonly kind: 'offer'; readonly offer: SnapshotOffer }
  | { readonly kind: 'chunk'; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly totalBytes: number }
  | { readonly kind: 'outcome'; readonly outcome: SnapshotOutcome };

export function encodeOffer(offer: SnapshotOffer): Buffer {
  const { servers } = offer.position.configuration;
  assert(servers.length <= MAX_SERVERS, `configuration of ${servers.length} servers`);
  let bound = 1 + 6 * MAX_WHOLE_BYTES + textBound(offer.from) + textBound(offer.to);
  for (const { id, address } of servers) bound += textBound(id) + textBound(address) + 1;
  const writer = new ByteWriter(bound);
  writer.byte(CODE.offer);
  writer.text(offer.from);
  writer.text(offer.to);
  writer.whole(offer.term);
  writer.whole(offer.sizeBytes);
  writer.whole(offer.position.index);
  writer.whole(offer.position.term);
  writer.whole(offer.position.configurationIndex);
  writer.whole(servers.length);
  for (const { id, address, suffrage } of servers) {
    writer.text(id);
    writer.text(address);
    writer.byte(SUFFRAGES.indexOf(suffrage));
  }
  return writer.finish();
}

export function encodeChunk(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(1 + bytes.length);
  frame[0] = CODE.chunk;
  frame.set(bytes, 1);
  return frame;
}

export function encodeEnd(totalBytes: number): Buffer {
  const writer = new ByteWriter(1 + MAX_WHOLE_BYTES);
  writer.byte(CODE.end);
  writer.whole(totalBytes);
  return writer.finish();
}

export function encodeOutcome(outcome: SnapshotOutcome): Buffer {
  const writer = new ByteWriter(2 + MAX_WHOLE_BYTES);
  writer.byte(CODE.outcome);
  writer.whole(outcome.term);
  writer.byte(outcome.installed ? 1 : 0);
  return writer.finish();
}

/** @throws MeshError `invalid-argument` for anything that the functions above do not write */
export function decodeSnapshotFrame(frame: Buffer): SnapshotFrame {
  if (frame[0] === CODE.chunk) {
    if (frame.length > MAX_CHUNK_BYTES) throw malformed(`a chunk of ${frame.length} bytes`);
    return { kind: 'chunk', bytes: frame.subarray(1) };
  }
  const reader = new ByteReader(frame);
  const decoded = readFrame(reader, reader.byte());
  if (!reader.done) throw malformed('bytes after its end');
  return decoded;
}

function readFrame(reader: ByteReader, code: number): SnapshotFrame {
  switch (code) {
    case CODE.offer:
      return { kind: 'offer', offer: readOffer(reader) };
    case CODE.end:
      return { kind: 'end', totalBytes: reader.whole() };
    case CODE.outcome: {
      const term = reader.whole();
      const installed = reader.byte();
      if (installed > 1) throw malformed('an outcome is neither yes nor no');
      return { kind: 'outcome', outcome: { term, installed: installed === 1 } };
    }
    default:
      throw malformed('no such kind of snapshot frame');
  }
}

function readOffer(reader: ByteReader): SnapshotOffer {
  const from = readId(reader);
  const to = readId(reader);
  const [term, sizeBytes, index] = [reader.whole(), reader.whole(), reader.whole()];
  const [positionTerm, configurationIndex, count] = [
    reader.whole(),
    reader.whole(),
    reader.whole(),
  ];
  if (count > MAX_SERVERS) throw malformed(`${count} servers, at most ${MAX_SERVERS}`);
  const servers: ServerInfo[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = readId(reader);
    const address = reader.text(MAX_ADDRESS_BYTES);
    const suffrage = SUFFRAGES[reader.byte()];
    if (suffrage === undefined) throw malformed('no such suffrage');
    servers.push({ id, address, suffrage });
  }
  const configuration = { servers };
  const position = { index, term: positionTerm, configuration, configurationIndex };
  return { term, from, to, position, sizeBytes };
}
