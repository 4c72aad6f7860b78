// For dns-server: answering.

// Addresses and names.
export { formatAddress, parseAddress } from './address.ts';
export { decodeAddresses, decodeReplyHead, type ReplyHead } from './decode-reply.ts';
// For traces and tests.
export { describeMessage, type MessageText } from './describe-message.ts';
export { encodeQuery, type QueryOptions } from './encode-query.ts';
export { type EncodeOptions, encodeRefusal, encodeReply, maxReplyBytes } from './encode-reply.ts';
export type { InquiryOptions, OutsideLookup } from './inquiry.ts';
export {
  type BadQuery,
  type ClientSubnet,
  type DnsQuery,
  type DnsQuestion,
  type Edns,
  type ParsedQuery,
  parseQuery,
} from './query.ts';
export {
  HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  PLAIN_UDP_BYTES,
  RCODE,
  TYPE,
} from './record-types.ts';
export type { DnsRecord } from './records.ts';
export {
  EMPTY_RESOLUTION,
  FAILED_RESOLUTION,
  type Outcome,
  type Resolution,
} from './resolution.ts';
export { resolveQuestion } from './resolve.ts';
export type { DnsSettings } from './settings.ts';
// For whoever supplies the catalog.
export type {
  AddressOwners,
  DnsInstance,
  DnsNode,
  DnsService,
  DnsSource,
  InstanceLookup,
  PreparedAnswer,
  PreparedLookup,
  SourceFreshness,
  SourceReply,
} from './source.ts';
export {
  type MemoryQuery,
  type MemoryRegistration,
  MemorySource,
} from './testing/memory-source.ts';
