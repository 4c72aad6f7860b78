import { assert } from '@mesh/base';
import type { LogEntry, Message } from '@mesh/raft';
import { ByteReader, malformed } from '../bytes/byte-reader.ts';
import { ByteWriter, MAX_WHOLE_BYTES, textBound } from '../bytes/byte-writer.ts';
import { MAX_FRAME_BYTES, MAX_FRAME_ITEMS } from '../stream/protocol.ts';

/** Longest server id, bytes. */
export const MAX_ID_BYTES = 128;
/** Most entries in one frame. */
export const MAX_ENTRIES = 16_384;

/** Position is the code on the wire: append new kinds at the end. */
const KINDS: readonly Message['kind'][] = [
  'vote-request',
  'vote-response',
  'append',
  'append-response',
  'heartbeat',
  'heartbeat-response',
  'read-index',
  'read-index-response',
  'timeout-now',
];
const KIND_CODES: Readonly<Record<Message['kind'], number>> = Object.fromEntries(
  KINDS.map((kind, code) => [kind, code]),
) as Record<Message['kind'], number>;

const ENTRY_KINDS: readonly LogEntry['kind'][] = ['command', 'noop', 'configuration'];

const FIXED_BOUND = 2 + 6 * MAX_WHOLE_BYTES;
const ENTRY_BOUND = 1 + 2 * MAX_WHOLE_BYTES;

/** Bytes that a message takes at most, apart from the ids of sender and receiver. */
export function messageBound(message: Message): number {
  if (message.kind !== 'append') return FIXED_BOUND;
  let bytes = FIXED_BOUND;
  for (const { data } of message.entries) bytes += ENTRY_BOUND + data.length;
  return bytes;
}

/** One frame: sender, receiver, then messages from the one to the other. */
export function encodeMessages(from: string, to: string, messages: readonly Message[]): Buffer {
  let bound = textBound(from) + textBound(to);
  for (const message of messages) bound += messageBound(message);
  const writer = new ByteWriter(bound);
  writer.text(from);
  writer.text(to);
  for (const message of messages) writeMessage(writer, message);
  return writer.finish();
}

/**
 * Inverse of encodeMessages. Entries' data are views of the frame.
 *
 * @throws MeshError `invalid-argument` for anything that encodeMessages does not write
 */
export function decodeMessages(frame: Buffer): Message[] {
  const reader = new ByteReader(frame);
  const from = readId(reader);
  const to = readId(reader);
  const messages: Message[] = [];
  let entries = 0;
  while (!reader.done) {
    if (messages.length >= MAX_FRAME_ITEMS) throw malformed(`over ${MAX_FRAME_ITEMS} messages`);
    const message = readMessage(reader, from, to);
    if (message.kind === 'append') entries += message.entries.length;
    if (entries > MAX_ENTRIES) throw malformed(`over ${MAX_ENTRIES} entries`);
    messages.push(message);
  }
  return messages;
}

/** A server id, which is never empty. */
export function readId(reader: ByteReader): string {
  const id = reader.text(MAX_ID_BYTES);
  if (id === '') throw malformed('a server id is empty');
  return id;
}

function writeMessage(writer: ByteWriter, message: Message): void {
  writer.byte(KIND_CODES[message.kind]);
  writer.whole(message.term);
  switch (message.kind) {
    case 'vote-request':
      writer.byte(flags(message.preVote, message.transfer));
      writer.whole(message.lastIndex);
      writer.whole(message.lastTerm);
      break;
    case 'vote-response':
      writer.byte(flags(message.preVote, message.granted));
      break;
    case 'append':
      writer.whole(message.prevIndex);
      writer.whole(message.prevTerm);
      writer.whole(message.commitIndex);
      writeEntries(writer, message.prevIndex, message.entries);
      break;
    case 'append-response':
      writer.byte(flags(message.ok, false));
      writer.whole(message.index);
      writer.whole(message.hintIndex);
      writer.whole(message.hintTerm);
      break;
    case 'heartbeat':
      writer.double(message.roundMs);
      writer.whole(message.commitIndex);
      break;
    case 'heartbeat-response':
      writer.double(message.roundMs);
      break;
    case 'read-index':
      writer.byte(flags(message.mode === 'quorum', false));
      writer.whole(message.id);
      break;
    case 'read-index-response':
      writer.whole(message.id);
      writer.whole(message.index + 1);
      break;
    case 'timeout-now':
      writer.double(message.roundMs);
      break;
  }
}

/** Entries follow each other, so only the first index needs saying, and prevIndex says it. */
function writeEntries(writer: ByteWriter, prevIndex: number, entries: readonly LogEntry[]): void {
  assert(entries.length <= MAX_ENTRIES, `append of ${entries.length} entries`);
  writer.whole(entries.length);
  let index = prevIndex;
  for (const entry of entries) {
    index += 1;
    assert(entry.index === index, `append has entry ${entry.index} where ${index} belongs`);
    writer.byte(ENTRY_KINDS.indexOf(entry.kind));
    writer.whole(entry.term);
    writer.blob(entry.data);
  }
}

function readMessage(reader: ByteReader, from: string, to: string): Message {
  const kind = KINDS[reader.byte()];
  const term = reader.whole();
  const envelope = { term, from, to };
  switch (kind) {
    case 'vote-request': {
      const [preVote, transfer] = readFlags(reader);
      const [lastIndex, lastTerm] = [reader.whole(), reader.whole()];
      return { kind, ...envelope, preVote, transfer, lastIndex, lastTerm };
    }
    case 'vote-response': {
      const [preVote, granted] = readFlags(reader);
      return { kind, ...envelope, preVote, granted };
    }
    case 'append':
      return readAppend(reader, term, from, to);
    case 'append-response': {
      const [ok] = readFlags(reader);
      const [index, hintIndex, hintTerm] = [reader.whole(), reader.whole(), reader.whole()];
      return { kind, ...envelope, ok, index, hintIndex, hintTerm };
    }
    case 'heartbeat':
      return { kind, ...envelope, roundMs: readRound(reader), commitIndex: reader.whole() };
    case 'heartbeat-response':
      return { kind, ...envelope, roundMs: readRound(reader) };
    case 'read-index': {
      const [quorum] = readFlags(reader);
      return { kind, ...envelope, mode: quorum ? 'quorum' : 'lease', id: reader.whole() };
    }
    case 'read-index-response':
      return { kind, ...envelope, id: reader.whole(), index: reader.whole() - 1 };
    case 'timeout-now':
      return { kind, ...envelope, roundMs: readRound(reader) };
    default:
      throw malformed('no such kind of message');
  }
}

function readAppend(reader: ByteReader, term: number, from: string, to: string): Message {
  const prevIndex = reader.whole();
  const prevTerm = reader.whole();
  const commitIndex = reader.whole();
  const count = reader.whole();
  if (count > MAX_ENTRIES) throw malformed(`${count} entries, at most ${MAX_ENTRIES}`);
  if (prevIndex + count > Number.MAX_SAFE_INTEGER) throw malformed('an index is over 2^53');
  const entries: LogEntry[] = [];
  for (let at = 1; at <= count; at += 1) {
    const kind = ENTRY_KINDS[reader.byte()];
    if (kind === undefined) throw malformed('no such kind of entry');
    const entryTerm = reader.whole();
    const data = reader.blob(MAX_FRAME_BYTES);
    entries.push({ index: prevIndex + at, term: entryTerm, kind, data });
  }
  return { kind: 'append', term, from, to, prevIndex, prevTerm, entries, commitIndex };
}

/** A reading of the leader's monotonic clock. */
function readRound(reader: ByteReader): number {
  const roundMs = reader.double();
  if (!Number.isFinite(roundMs)) throw malformed('a heartbeat round is not a number');
  return roundMs;
}

function flags(low: boolean, high: boolean): number {
  return (low ? 1 : 0) | (high ? 2 : 0);
}

function readFlags(reader: ByteReader): [boolean, boolean] {
  const value = reader.byte();
  if (value > 3) throw malformed('unknown flags');
  return [(value & 1) !== 0, (value & 2) !== 0];
}
