import { isIP } from 'node:net';
import { invalid } from '@mesh/base';
import type { Member } from '../membership.ts';

/** Members in one hello, and in a pool; one of servers is far smaller. */
export const MAX_MEMBERS = 256;
const MAX_TAGS = 64;
/** Characters of a name, an address, a tag. */
const MAX_TEXT = 512;
/** Names are lines of files and logs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/;

/** What two members tell each other each second. */
export interface Hello {
  readonly from: Member;
  readonly members: readonly Member[];
}

/** A member that goes, or that an operator declares gone. */
export interface Departure {
  readonly name: string;
  readonly prune: boolean;
}

/** Reads a hello as it came off the wire. Throws MeshError `invalid-argument`. */
export function decodeHello(body: unknown): Hello {
  const { from, members } = record(body, 'hello');
  if (!Array.isArray(members) || members.length > MAX_MEMBERS) {
    throw invalid(`a hello lists at most ${MAX_MEMBERS} members`);
  }
  return { from: decodeMember(from), members: members.map(decodeMember) };
}

/** Reads a departure as it came off the wire. Throws MeshError `invalid-argument`. */
export function decodeDeparture(body: unknown): Departure {
  const { name, prune } = record(body, 'departure');
  return { name: nameOf(name), prune: prune === true };
}

function decodeMember(value: unknown): Member {
  const member = record(value, 'member');
  return {
    Name: nameOf(member.Name),
    Addr: address(member.Addr),
    Port: port(member.Port),
    Tags: decodeTags(member.Tags),
    Status: whole(member.Status, 'Status', 4),
    ProtocolMin: whole(member.ProtocolMin, 'ProtocolMin', 255),
    ProtocolMax: whole(member.ProtocolMax, 'ProtocolMax', 255),
    ProtocolCur: whole(member.ProtocolCur, 'ProtocolCur', 255),
    DelegateMin: whole(member.DelegateMin, 'DelegateMin', 255),
    DelegateMax: whole(member.DelegateMax, 'DelegateMax', 255),
    DelegateCur: whole(member.DelegateCur, 'DelegateCur', 255),
  };
}

function decodeTags(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(record(value, 'Tags'));
  if (entries.length > MAX_TAGS) throw invalid(`a member has at most ${MAX_TAGS} tags`);
  const tags = Object.fromEntries(
    entries.map(([name, tag]) => [text(name, 'tag'), text(tag, 'tag')]),
  );
  if (!tags.id) throw invalid('a member has an id');
  return tags;
}

function nameOf(value: unknown): string {
  const name = text(value, 'name');
  if (name === '' || CONTROL.test(name)) throw invalid('a member has a name of visible characters');
  return name;
}

function address(value: unknown): string {
  const ip = text(value, 'Addr');
  if (isIP(ip) === 0) throw invalid('Addr is no IP address');
  return ip;
}

function port(value: unknown): number {
  const number = whole(value, 'Port', 65_535);
  if (number === 0) throw invalid('Port is no number from 1 to 65535');
  return number;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw invalid(`${what} is no object`);
  return value as Record<string, unknown>;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > MAX_TEXT) {
    throw invalid(`${what} is no text of at most ${MAX_TEXT} characters`);
  }
  return value;
}

function whole(value: unknown, what: string, highest: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > highest) {
    throw invalid(`${what} is no number from 0 to ${highest}`);
  }
  return value;
}
