import { invalid } from '@mesh/base';
import type { Member } from '../membership.ts';

/** Members in one hello, and tags of one member, at most. */
const MAX_MEMBERS = 512;
const MAX_TAGS = 64;
const MAX_TEXT = 512;

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
  return { name: text(name, 'name'), prune: prune === true };
}

function decodeMember(value: unknown): Member {
  const member = record(value, 'member');
  return {
    Name: text(member.Name, 'Name'),
    Addr: text(member.Addr, 'Addr'),
    Port: whole(member.Port, 'Port', 65_535),
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
  return Object.fromEntries(entries.map(([name, tag]) => [text(name, 'tag'), text(tag, name)]));
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
