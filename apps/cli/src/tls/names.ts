import { isIP } from 'node:net';
import { CommandError } from '@mesh/cli-kit';

/** Labels of RFC 1123, and the underscore that datacenters may have. */
const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOST = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*\\.?$`);
const ONE_LABEL = new RegExp(`^${LABEL}$`);
const NAME_MAX_CHARS = 253;
/** A century: longer is a slip of the finger. */
const DAYS_MAX = 36_525;

/** A name of DNS, without a final dot. @throws CommandError */
export function dnsName(flag: string, text: string): string {
  if (HOST.test(text) && text.length <= NAME_MAX_CHARS) return text.replace(/\.$/, '');
  throw new CommandError(
    `-${flag}: ${JSON.stringify(text)} is not a name of DNS, accepted are names such as ` +
      'consul or web.example.com',
  );
}

/** One part of such a name. @throws CommandError */
export function dnsLabel(flag: string, text: string): string {
  if (ONE_LABEL.test(text)) return text;
  throw new CommandError(
    `-${flag}: ${JSON.stringify(text)} cannot stand in a name of DNS, accepted are up to 63 ` +
      'letters, digits, dashes and underscores',
  );
}

/** An IP address. @throws CommandError */
export function ipAddress(flag: string, text: string): string {
  if (isIP(text) !== 0) return text;
  throw new CommandError(`-${flag}: ${JSON.stringify(text)} is not an IP address`);
}

/** A number of days. @throws CommandError */
export function dayCount(days: number): number {
  if (days >= 1 && days <= DAYS_MAX) return days;
  throw new CommandError(`-days: ${days} is out of range, accepted are 1 to ${DAYS_MAX}`);
}
