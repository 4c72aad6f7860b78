/** Query datagrams. Everything here comes from strangers: nothing throws, nothing loops. */
import { readName } from './name.ts';
import { HEADER_BYTES, OPTION_CLIENT_SUBNET, RCODE, TYPE } from './record-types.ts';
import { copyBytes, u16 } from './wire.ts';

/** Subnet of the client that a resolver asks for (RFC 7871). */
export interface ClientSubnet {
  /** 1 for IPv4, 2 for IPv6. */
  readonly family: number;
  readonly sourceBits: number;
  /** As many bytes as the bits need. */
  readonly address: Uint8Array;
}

/** What a client says by EDNS (RFC 6891). */
export interface Edns {
  /** Largest UDP answer that it takes, as it says. */
  readonly udpBytes: number;
  readonly version: number;
  readonly subnet: ClientSubnet | undefined;
}

/** The one question of a query. */
export interface DnsQuestion {
  /** Presentation form, case as asked. */
  readonly name: string;
  readonly type: number;
  readonly classCode: number;
}

export interface DnsQuery {
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  readonly question: DnsQuestion;
  /** The question section as it came, to be echoed byte for byte. */
  readonly questionBytes: Uint8Array;
  readonly edns: Edns | undefined;
}

/** A datagram that is no answerable query: `drop` it in silence, or answer with a bare header. */
export type BadQuery =
  | { readonly kind: 'drop' }
  | {
      readonly kind: 'refuse';
      readonly id: number;
      readonly opcode: number;
      readonly recursionDesired: boolean;
      readonly rcode: number;
    };

export type ParsedQuery = { readonly kind: 'query'; readonly query: DnsQuery } | BadQuery;

/** Additional records of a query at most: OPT and one signature. */
const MAX_ADDITIONAL = 2;

/**
 * Parses a query. Short messages and responses are dropped, since an answer could serve to amplify or to
 * make two servers talk for ever; anything else that is wrong is refused.
 */
export function parseQuery(bytes: Uint8Array): ParsedQuery {
  if (bytes.length < HEADER_BYTES) return { kind: 'drop' };
  const flags = (bytes[2]! << 8) | bytes[3]!;
  if ((flags & 0x8000) !== 0) return { kind: 'drop' };
  const id = (bytes[0]! << 8) | bytes[1]!;
  const opcode = (flags >> 11) & 15;
  const recursionDesired = opcode === 0 && (flags & 0x0100) !== 0;
  const refuse = (rcode: number): BadQuery => ({
    kind: 'refuse',
    id,
    opcode,
    recursionDesired,
    rcode,
  });
  if (opcode !== 0) return refuse(RCODE.NOTIMP);
  if (u16(bytes, 4) !== 1 || u16(bytes, 6) > 1 || u16(bytes, 8) > 1) return refuse(RCODE.FORMERR);
  if (u16(bytes, 10) > MAX_ADDITIONAL) return refuse(RCODE.FORMERR);
  const name = readName(bytes, HEADER_BYTES);
  if (!name || name.end + 4 > bytes.length) return refuse(RCODE.FORMERR);
  const questionEnd = name.end + 4;
  const others = readOthers(bytes, questionEnd);
  if (!others) return refuse(RCODE.FORMERR);
  return {
    kind: 'query',
    query: {
      id,
      recursionDesired,
      checkingDisabled: (flags & 0x0010) !== 0,
      question: {
        name: name.name,
        type: u16(bytes, name.end),
        classCode: u16(bytes, name.end + 2),
      },
      questionBytes: copyBytes(bytes, HEADER_BYTES, questionEnd),
      edns: others.edns,
    },
  };
}

/** Walks the records after the question; only OPT is of interest. */
function readOthers(
  bytes: Uint8Array,
  start: number,
): { readonly edns: Edns | undefined } | undefined {
  const before = u16(bytes, 6) + u16(bytes, 8);
  const total = before + u16(bytes, 10);
  let at = start;
  let edns: Edns | undefined;
  for (let count = 0; count < total; count++) {
    const owner = readName(bytes, at);
    if (!owner) return undefined;
    const dataAt = owner.end + 10;
    if (dataAt > bytes.length) return undefined;
    const end = dataAt + u16(bytes, owner.end + 8);
    if (end > bytes.length) return undefined;
    if (u16(bytes, owner.end) === TYPE.OPT) {
      if (edns || count < before || owner.name !== '.') return undefined;
      const subnet = readSubnet(bytes, dataAt, end);
      if (subnet === 'malformed') return undefined;
      edns = { udpBytes: u16(bytes, owner.end + 2), version: bytes[owner.end + 5]!, subnet };
    }
    at = end;
  }
  return { edns };
}

function readSubnet(
  bytes: Uint8Array,
  start: number,
  end: number,
): ClientSubnet | undefined | 'malformed' {
  let subnet: ClientSubnet | undefined;
  for (let at = start; at < end; ) {
    if (at + 4 > end) return 'malformed';
    const length = u16(bytes, at + 2);
    const next = at + 4 + length;
    if (next > end) return 'malformed';
    if (u16(bytes, at) === OPTION_CLIENT_SUBNET && !subnet) {
      if (length < 4) return 'malformed';
      const family = u16(bytes, at + 4);
      const sourceBits = bytes[at + 6]!;
      const addressBits = family === 1 ? 32 : family === 2 ? 128 : 0;
      if (sourceBits > addressBits || length - 4 !== Math.ceil(sourceBits / 8)) return 'malformed';
      subnet = { family, sourceBits, address: copyBytes(bytes, at + 8, next) };
    }
    at = next;
  }
  return subnet;
}
