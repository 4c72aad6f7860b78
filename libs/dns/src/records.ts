import type { TYPE } from './record-types.ts';

interface RecordBase {
  /** Owner, in presentation form with the trailing dot. */
  readonly name: string;
  /** Seconds. */
  readonly ttlS: number;
}

/** An address: 4 bytes for A, 16 for AAAA. */
export interface AddressRecord extends RecordBase {
  readonly type: typeof TYPE.A | typeof TYPE.AAAA;
  readonly address: Uint8Array;
}

/** A record whose data is one name. */
export interface NameRecord extends RecordBase {
  readonly type: typeof TYPE.CNAME | typeof TYPE.NS | typeof TYPE.PTR;
  readonly target: string;
}

/** Where a service is (RFC 2782). */
export interface ServiceRecord extends RecordBase {
  readonly type: typeof TYPE.SRV;
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** Free text, cut into strings of at most 255 bytes when written. */
export interface TextRecord extends RecordBase {
  readonly type: typeof TYPE.TXT;
  readonly text: string;
}

/** Start of authority (RFC 1035 section 3.3.13). */
export interface AuthorityRecord extends RecordBase {
  readonly type: typeof TYPE.SOA;
  readonly server: string;
  readonly mailbox: string;
  readonly serial: number;
  readonly refreshS: number;
  readonly retryS: number;
  readonly expireS: number;
  readonly minTtlS: number;
}

export type DnsRecord = AddressRecord | NameRecord | ServiceRecord | TextRecord | AuthorityRecord;
