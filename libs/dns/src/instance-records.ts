import { hexEncode } from '@mesh/base';
import { parseAddress } from './address.ts';
import { hasOwnAddress, nodeAddress, serviceAddress, servicePort } from './address-choice.ts';
import { addressRecord, aliasRecords } from './host-records.ts';
import type { Inquiry } from './inquiry.ts';
import { absoluteName, isEncodableName } from './name.ts';
import { nodeMetaRecords } from './node-meta.ts';
import type { SplitQuestion } from './question.ts';
import { TYPE } from './record-types.ts';
import type { DnsRecord } from './records.ts';
import type { AnswerGroup } from './resolution.ts';
import type { DnsInstance, DnsNode } from './source.ts';

const NOTHING: AnswerGroup = { answers: [], additional: [] };

/**
 * Addresses of an instance under the question's name: its own, or else its node's. A promise only where a host
 * name must be followed: a large service has many instances, and few of these.
 */
export function instanceAddresses(
  inquiry: Inquiry,
  instance: DnsInstance,
  question: SplitQuestion,
  ttlS: number,
): AnswerGroup | Promise<AnswerGroup> {
  const { name, type } = question;
  const { settings } = inquiry;
  const own = serviceAddress(instance, type, settings);
  if (own === '' && hasOwnAddress(instance, settings)) return NOTHING;
  // A service whose address is the very name asked for would be its own alias: its node answers for it.
  const isNodes = own === '' || absoluteName(own.toLowerCase()) === name.toLowerCase();
  const text = isNodes ? nodeAddress(instance.Node, type, settings) : own;
  const bytes = parseAddress(text);
  if (!bytes) return aliasGroup(inquiry, name, text, type, ttlS);
  const record = addressRecord(name, bytes, type, ttlS);
  return record ? { answers: [record], additional: [] } : NOTHING;
}

async function aliasGroup(
  inquiry: Inquiry,
  name: string,
  host: string,
  type: number,
  ttlS: number,
): Promise<AnswerGroup> {
  return { answers: await aliasRecords(inquiry, name, host, type, ttlS), additional: [] };
}

/**
 * The SRV record of an instance (RFC 2782) with the addresses of its target. The target is the node's name
 * when the node's address counts, else a name made of the service's address, or its host name. A promise only
 * where a host name must be followed.
 */
export function instanceLocation(
  inquiry: Inquiry,
  instance: DnsInstance,
  question: SplitQuestion,
  ttlS: number,
): AnswerGroup | Promise<AnswerGroup> {
  const group = (found: Target | undefined): AnswerGroup => {
    if (!found || !isEncodableName(found.target)) return NOTHING;
    const { target, additional } = found;
    const answer: DnsRecord = {
      type: TYPE.SRV,
      name: question.name,
      ttlS,
      priority: 1,
      weight: weightOf(instance),
      port: servicePort(instance, inquiry.settings),
      target,
    };
    return { answers: [answer], additional };
  };
  const { settings } = inquiry;
  const own = serviceAddress(instance, TYPE.SRV, settings);
  const text = own === '' ? nodeAddress(instance.Node, TYPE.SRV, settings) : own;
  const bytes = parseAddress(text);
  if (!bytes) return hostTarget(inquiry, text, ttlS).then(group);
  // The node's name would lead to its LAN address, not to a translated one.
  const isNodes = own === '' && text === instance.Node.Address;
  return group(
    isNodes
      ? nodeTarget(inquiry, instance.Node, bytes, ttlS)
      : addressTarget(inquiry, instance.Node, bytes, ttlS),
  );
}

interface Target {
  readonly target: string;
  readonly additional: readonly DnsRecord[];
}

/** Undefined when the text is no name that could be written. */
async function hostTarget(
  inquiry: Inquiry,
  host: string,
  ttlS: number,
): Promise<Target | undefined> {
  const target = absoluteName(host);
  if (host === '' || !isEncodableName(target)) return undefined;
  return { target, additional: await inquiry.chainOf(target, TYPE.SRV, ttlS) };
}

function nodeTarget(inquiry: Inquiry, node: DnsNode, address: Uint8Array, ttlS: number): Target {
  const target = nodeName(inquiry, node);
  const meta = inquiry.settings.nodeMetaTxt ? nodeMetaRecords(node, target, ttlS) : [];
  return { target, additional: [...addressUnder(target, address, ttlS), ...meta] };
}

function addressTarget(inquiry: Inquiry, node: DnsNode, address: Uint8Array, ttlS: number): Target {
  const target = `${hexEncode(address)}.addr.${node.Datacenter}.${inquiry.settings.domain}`;
  return { target, additional: addressUnder(target, address, ttlS) };
}

function addressUnder(name: string, address: Uint8Array, ttlS: number): readonly DnsRecord[] {
  const record = addressRecord(name, address, TYPE.ANY, ttlS);
  return record ? [record] : [];
}

/** A node's name in our domain. */
export function nodeName(inquiry: Inquiry, node: DnsNode): string {
  return `${node.Node}.node.${node.Datacenter}.${inquiry.settings.domain}`;
}

function weightOf(instance: DnsInstance): number {
  const weights = instance.Service.Weights;
  if (!weights) return 1;
  const warning = instance.Checks.some((check) => check.Status === 'warning');
  return Math.min(Math.max(warning ? weights.Warning : weights.Passing, 0), 65_535);
}
