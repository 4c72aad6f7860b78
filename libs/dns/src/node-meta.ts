import { TYPE } from './record-types.ts';
import type { DnsRecord } from './records.ts';
import type { DnsNode } from './source.ts';

/** Metadata whose value is to be published as it is. */
const PLAIN_PREFIX = 'rfc1035-';

/** Metadata of a node as TXT records: `key=value` (RFC 1464), or the value alone for keys `rfc1035-...`. */
export function nodeMetaRecords(node: DnsNode, name: string, ttlS: number): readonly DnsRecord[] {
  return Object.entries(node.Meta ?? {}).map(([key, value]) => ({
    type: TYPE.TXT,
    name,
    ttlS,
    text: key.toLowerCase().startsWith(PLAIN_PREFIX) ? value : attribute(key, value),
  }));
}

/** RFC 1464: in the name, "=", "`" and outer spaces are quoted with "`"; in the value, "`" is. */
function attribute(key: string, value: string): string {
  const quoted = key.replace(/[`=]/g, '`$&').replace(/^ +| +$/g, (run) => run.replace(/ /g, '` '));
  return `${quoted}=${value.replace(/`/g, '``')}`;
}
