/** Numbers of the record types that are read or written here (IANA "DNS parameters"). */
export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DNAME: 39,
  OPT: 41,
  AXFR: 252,
  ANY: 255,
} as const;

/** Response codes; those above 15 need EDNS (RFC 6891 section 6.1.3). */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

/** The Internet class, the only one of our records. */
export const CLASS_IN = 1;

/** EDNS option code of the client subnet (RFC 7871). */
export const OPTION_CLIENT_SUBNET = 8;

/** Bytes of a message header (RFC 1035 section 4.1.1). */
export const HEADER_BYTES = 12;

/** Largest message over TCP: its length has two bytes. */
export const MAX_MESSAGE_BYTES = 65_535;

/** Largest UDP answer to a client that says nothing of its own limit (RFC 1035 section 2.3.4). */
export const PLAIN_UDP_BYTES = 512;
