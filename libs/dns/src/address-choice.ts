import { parseAddress } from './address.ts';
import { TYPE } from './record-types.ts';
import type { DnsSettings } from './settings.ts';
import type { DnsInstance, DnsNode } from './source.ts';

type Tagged = Readonly<Record<string, string>>;

/**
 * The address of a node that suits a question, "" when none does. An A question takes a tagged IPv4 address
 * where there is one, and AAAA an IPv6 one; a host name suits all.
 */
export function nodeAddress(node: DnsNode, type: number, settings: DnsSettings): string {
  return choose(node.Address, node.TaggedAddresses ?? {}, type, isForeign(node, settings));
}

/** The same for an instance's own address; "" also when it has none and the node's counts. */
export function serviceAddress(instance: DnsInstance, type: number, settings: DnsSettings): string {
  const tagged: Record<string, string> = {};
  for (const [tag, { Address }] of Object.entries(instance.Service.TaggedAddresses ?? {})) {
    tagged[tag] = Address;
  }
  return choose(instance.Service.Address, tagged, type, isForeign(instance.Node, settings));
}

/** True when the instance has an address of its own, whether it suits the question or not. */
export function hasOwnAddress(instance: DnsInstance, settings: DnsSettings): boolean {
  return serviceAddress(instance, TYPE.ANY, settings) !== '';
}

/** The instance's port, as seen from where we are. */
export function servicePort(instance: DnsInstance, settings: DnsSettings): number {
  const { Port, TaggedAddresses } = instance.Service;
  const wanPort = isForeign(instance.Node, settings) ? TaggedAddresses?.['wan']?.Port : undefined;
  return wanPort || Port;
}

function isForeign(node: DnsNode, settings: DnsSettings): boolean {
  return settings.translateWanAddresses && node.Datacenter !== settings.datacenter;
}

function choose(own: string, tagged: Tagged, type: number, foreign: boolean): string {
  const main = (foreign && tagged['wan']) || own;
  if (type !== TYPE.A && type !== TYPE.AAAA) return main;
  const family = type === TYPE.A ? 'ipv4' : 'ipv6';
  const special = (foreign && tagged[`wan_${family}`]) || tagged[`lan_${family}`];
  if (special) return special;
  const bytes = parseAddress(main);
  if (!bytes) return main;
  return (bytes.length === 4) === (type === TYPE.A) ? main : '';
}
