import { parseAddress } from './address.ts';
import { nodeAddress } from './address-choice.ts';
import type { Inquiry } from './inquiry.ts';
import { absoluteName, isEncodableName } from './name.ts';
import { TYPE } from './record-types.ts';
import type { AddressRecord, DnsRecord } from './records.ts';
import type { DnsNode } from './source.ts';

/** The A or AAAA record of an address, if one suits the question's type. */
export function addressRecord(
  name: string,
  address: Uint8Array,
  type: number,
  ttlS: number,
): AddressRecord | undefined {
  const own = address.length === 4 ? TYPE.A : TYPE.AAAA;
  // TXT is the original's way to ask a service whatever its family.
  const suits = type === own || type === TYPE.ANY || type === TYPE.SRV || type === TYPE.TXT;
  return suits ? { type: own, name, ttlS, address } : undefined;
}

/** A CNAME to a host name and what is behind it; nothing when the text is no host name. */
export async function aliasRecords(
  inquiry: Inquiry,
  name: string,
  host: string,
  type: number,
  ttlS: number,
): Promise<readonly DnsRecord[]> {
  const target = absoluteName(host);
  if (host === '' || !isEncodableName(target)) return [];
  const alias: DnsRecord = { type: TYPE.CNAME, name, ttlS, target };
  return [alias, ...(await inquiry.chainOf(target, type, ttlS))];
}

/** Address records of a node under a name, or its alias when the address is a host name. */
export async function nodeRecords(
  inquiry: Inquiry,
  node: DnsNode,
  name: string,
  type: number,
  ttlS: number,
): Promise<readonly DnsRecord[]> {
  const text = nodeAddress(node, type, inquiry.settings);
  const address = parseAddress(text);
  if (!address) return aliasRecords(inquiry, name, text, type, ttlS);
  const record = addressRecord(name, address, type, ttlS);
  return record ? [record] : [];
}
