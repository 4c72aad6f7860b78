import { hexEncode } from '@mesh/base';
import { parseAddress } from './address.ts';
import { hasOwnAddress, nodeAddress, serviceAddress, servicePort } from './address-choice.ts';
import { addressRecord, aliasRecords, nodeRecords } from './host-records.ts';
import type { Inquiry } from './inquiry.ts';
import { absoluteName, isEncodableName } from './name.ts';
import { nodeMetaRecords } from './node-meta.ts';
import type { SplitQuestion } from './question.ts';
import { TYPE } from './record-types.ts';
import type { DnsRecord } from './records.ts';
import type { AnswerGroup } from './resolution.ts';
import type { DnsInstance, DnsNode } from './source.ts';

const NOTHING: AnswerGroup = { answers: [], additional: [] };

/** Addresses of an instance under the question's name: its own, or else its node's. */
export async function instanceAddresses(
  inquiry: Inquiry,
  instance: DnsInstance,
  question: SplitQuestion,
  ttlS: number,
): Promise<AnswerGroup> {
  const { name, type } = question;
  const own = serviceAddress(instance, type, inquiry.settings);
  const bytes = parseAddress(own);
  if (bytes) {
    const record = addressRecord(name, bytes, type, ttlS);
    return record ? { answers: [record], additional: [] } : NOTHING;
  }
  // A service whose address is the very name asked for would be its own alias: its node answers for it.
  const host = own === '' ? '' : absoluteName(own.toLowerCase());
  if (host !== '' && host !== name.toLowerCase()) {
    return { answers: await aliasRecords(inquiry, name, own, type, ttlS), additional: [] };
  }
  if (host === '' && hasOwnAddress(instance, inquiry.settings)) return NOTHING;
  return {
    answers: await nodeRecords(inquiry, instance.Node, name, type, ttlS),
    additional: [],
  };
}

/**
 * The SRV record of an instance (RFC 2782) with the addresses of its target. The target is the node's name
 * when the node's address counts, else a name made of the service's address, or its host name.
 */
export async function instanceLocation(
  inquiry: Inquiry,
  instance: DnsInstance,
  question: SplitQuestion,
  ttlS: number,
): Promise<AnswerGroup> {
  const { target, additional } = await targetOf(inquiry, instance, ttlS);
  if (!isEncodableName(target)) return NOTHING;
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
}

interface Target {
  readonly target: string;
  readonly additional: readonly DnsRecord[];
}

async function targetOf(inquiry: Inquiry, instance: DnsInstance, ttlS: number): Promise<Target> {
  const { settings } = inquiry;
  const own = serviceAddress(instance, TYPE.SRV, settings);
  const bytes = parseAddress(own);
  if (bytes) return addressTarget(inquiry, instance.Node, bytes, ttlS);
  if (own !== '') return hostTarget(inquiry, own, ttlS);
  const outer = nodeAddress(instance.Node, TYPE.SRV, settings);
  const nodeBytes = parseAddress(outer);
  if (!nodeBytes) return hostTarget(inquiry, outer, ttlS);
  // The node's name would lead to its LAN address.
  if (outer !== instance.Node.Address) {
    return addressTarget(inquiry, instance.Node, nodeBytes, ttlS);
  }
  const target = nodeName(inquiry, instance.Node);
  const meta = settings.nodeMetaTxt ? nodeMetaRecords(instance.Node, target, ttlS) : [];
  return { target, additional: [...addressUnder(target, nodeBytes, ttlS), ...meta] };
}

async function hostTarget(inquiry: Inquiry, host: string, ttlS: number): Promise<Target> {
  const target = absoluteName(host);
  if (host === '' || !isEncodableName(target)) return { target: '', additional: [] };
  return { target, additional: await inquiry.chainOf(target, TYPE.SRV, ttlS) };
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
