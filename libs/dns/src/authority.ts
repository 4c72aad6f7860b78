import type { Inquiry } from './inquiry.ts';
import { RCODE, TYPE } from './record-types.ts';
import type { AuthorityRecord } from './records.ts';
import { EMPTY_RESOLUTION, type Resolution } from './resolution.ts';

/** The SOA record of our domain; its TTL is that of negative answers (RFC 2308). */
export function soaRecord(inquiry: Inquiry): AuthorityRecord {
  const { domain, soa } = inquiry.settings;
  return {
    type: TYPE.SOA,
    name: domain,
    ttlS: soa.minTtlS,
    server: `ns.${domain}`,
    mailbox: `hostmaster.${domain}`,
    serial: inquiry.options.serial,
    refreshS: soa.refreshS,
    retryS: soa.retryS,
    expireS: soa.expireS,
    minTtlS: soa.minTtlS,
  };
}

/** The name does not exist. */
export function noSuchName(inquiry: Inquiry): Resolution {
  return { ...EMPTY_RESOLUTION, rcode: RCODE.NXDOMAIN, authority: [soaRecord(inquiry)] };
}

/** The name exists, and has no records of the type. */
export function noSuchType(inquiry: Inquiry): Resolution {
  return { ...EMPTY_RESOLUTION, authority: [soaRecord(inquiry)] };
}
