/**
 * Address templates: `{{ GetPrivateIP }}`, `{{ GetInterfaceIP "eth0" }}`, `{{ GetAllInterfaces |
 * include "name" "eth.*" | attr "address" }}`. A small part of the template language of the
 * original's address library; what is not understood is an error that lists what is.
 */
import { invalid, type MeshError } from '@mesh/base';
import type { InterfaceAddress } from '../sources/environment.ts';
import { inCidr, isLocal, isPrivate } from './ip-sets.ts';

const TEMPLATE = /\{\{(.*?)\}\}/gs;
const WORD = /\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|([^\s"`|]+|\|))\s*/y;
const SOURCES_TEXT =
  'GetPrivateIP, GetPrivateIPs, GetPublicIP, GetPublicIPs, GetInterfaceIP "NAME", ' +
  'GetInterfaceIPs "NAME", ' +
  'GetAllInterfaces, GetPrivateInterfaces, GetPublicInterfaces, GetDefaultInterfaces';
const FILTERS_TEXT =
  'include and exclude by "name", "type", "network", "address", "rfc", "flags"; ' +
  'sort by "name", "address", "type"; limit N; attr "address"; join "address" "SEPARATOR"';

type Addresses = readonly InterfaceAddress[];

/**
 * A text with its templates replaced.
 * @throws MeshError `invalid-argument` for a template that is not understood
 */
export function expandTemplates(text: string, interfaces: Addresses): string {
  return text.replace(TEMPLATE, (whole: string, inner: string) => {
    const [first, ...filters] = stagesOf(inner, whole);
    let value = evaluateSource(first ?? [], interfaces, whole);
    for (const words of filters) value = applyFilter(value, words, whole);
    return typeof value === 'string' ? value : joinAddresses(value, ' ');
  });
}

/** True when a text holds a template. */
export function hasTemplate(text: string): boolean {
  return text.includes('{{');
}

/** Addresses of private networks, IPv4 first. */
export function privateAddresses(interfaces: Addresses): Addresses {
  return ipv4First(interfaces.filter((one) => !one.loopback && isPrivate(one.address)));
}

/** Addresses that can be reached from everywhere, IPv4 first. */
export function publicAddresses(interfaces: Addresses): Addresses {
  return ipv4First(
    interfaces.filter((one) => !one.loopback && !isPrivate(one.address) && !isLocal(one.address)),
  );
}

function ipv4First(addresses: Addresses): Addresses {
  return [
    ...addresses.filter((one) => one.family === 'ipv4'),
    ...addresses.filter((one) => one.family === 'ipv6'),
  ];
}

function joinAddresses(addresses: Addresses, separator: string): string {
  return addresses.map((one) => one.address).join(separator);
}

function firstAddress(addresses: Addresses): string {
  return addresses[0]?.address ?? '';
}

/** The words of each stage between bars; a bar inside quotes is none. */
function stagesOf(inner: string, whole: string): readonly (readonly string[])[] {
  const stages: string[][] = [[]];
  let at = 0;
  while (inner.slice(at).trim() !== '') {
    WORD.lastIndex = at;
    const match = WORD.exec(inner);
    if (!match) throw problem(whole, `cannot read ${JSON.stringify(inner.slice(at).trim())}`);
    const [, quoted, raw, bare] = match;
    if (bare === '|') stages.push([]);
    else stages.at(-1)!.push(quoted?.replace(/\\(.)/g, '$1') ?? raw ?? bare ?? '');
    at = WORD.lastIndex;
  }
  if (stages.some((words) => words.length === 0)) throw problem(whole, 'a part is empty');
  return stages;
}

function evaluateSource(
  words: readonly string[],
  interfaces: Addresses,
  whole: string,
): Addresses | string {
  const [name, argument] = words;
  switch (name) {
    case 'GetPrivateIP':
      return firstAddress(privateAddresses(interfaces));
    case 'GetPrivateIPs':
      return joinAddresses(privateAddresses(interfaces), ' ');
    case 'GetPublicIP':
      return firstAddress(publicAddresses(interfaces));
    case 'GetPublicIPs':
      return joinAddresses(publicAddresses(interfaces), ' ');
    case 'GetInterfaceIP':
    case 'GetInterfaceIPs': {
      if (argument === undefined) throw problem(whole, `${name} needs the name of an interface`);
      const found = ipv4First(interfaces.filter((one) => one.name === argument));
      return name === 'GetInterfaceIP' ? firstAddress(found) : joinAddresses(found, ' ');
    }
    case 'GetAllInterfaces':
      return interfaces;
    case 'GetPrivateInterfaces':
      return privateAddresses(interfaces);
    case 'GetPublicInterfaces':
      return publicAddresses(interfaces);
    case 'GetDefaultInterfaces':
      return ipv4First(interfaces.filter((one) => !one.loopback && !isLocal(one.address)));
    default:
      throw problem(whole, `unknown function "${name}", accepted are ${SOURCES_TEXT}`);
  }
}

function applyFilter(
  value: Addresses | string,
  words: readonly string[],
  whole: string,
): Addresses | string {
  const [name, first, second] = words;
  if (typeof value === 'string') throw problem(whole, `"${name}" needs a list of interfaces`);
  switch (name) {
    case 'include':
    case 'exclude': {
      const matches = matcher(first ?? '', second ?? '', whole);
      return value.filter((one) => matches(one) === (name === 'include'));
    }
    case 'sort':
      return sorted(value, first ?? '', whole);
    case 'limit': {
      const count = Number(first);
      if (!Number.isInteger(count) || count < 0) throw problem(whole, 'limit needs a number');
      return value.slice(0, count);
    }
    case 'attr':
      if (first !== 'address') throw problem(whole, `attr accepts "address", got "${first}"`);
      return firstAddress(value);
    case 'join':
      if (first !== 'address') throw problem(whole, `join accepts "address", got "${first}"`);
      return joinAddresses(value, second ?? ' ');
    default:
      throw problem(whole, `unknown filter "${name}", accepted are ${FILTERS_TEXT}`);
  }
}

function matcher(by: string, value: string, whole: string): (one: InterfaceAddress) => boolean {
  switch (by) {
    case 'name':
    case 'address': {
      const pattern = patternOf(value, whole);
      return (one) => pattern.test(by === 'name' ? one.name : one.address);
    }
    case 'type':
      return (one) => value.toLowerCase() === 'ip' || one.family === value.toLowerCase();
    case 'network':
      return (one) => inCidr(one.address, value);
    case 'rfc':
      if (value !== '1918' && value !== '6890') {
        throw problem(whole, `rfc accepts "1918" and "6890", got "${value}"`);
      }
      return (one) => isPrivate(one.address);
    case 'flags':
    case 'flag': {
      const flags = value.split('|');
      return (one) => flags.every((flag) => hasFlag(one, flag.trim(), whole));
    }
    default:
      throw problem(whole, `cannot select by "${by}", accepted are ${FILTERS_TEXT}`);
  }
}

function hasFlag(one: InterfaceAddress, flag: string, whole: string): boolean {
  switch (flag) {
    // The list holds only addresses of interfaces that are up.
    case 'up':
      return true;
    case 'loopback':
      return one.loopback;
    case 'forwardable':
      return !one.loopback && !isLocal(one.address);
    default:
      throw problem(whole, `unknown flag "${flag}", accepted are up, loopback, forwardable`);
  }
}

function patternOf(text: string, whole: string): RegExp {
  if (text.length > 256) throw problem(whole, 'pattern is longer than 256 characters');
  try {
    return new RegExp(text);
  } catch {
    throw problem(whole, `"${text}" is no regular expression`);
  }
}

function sorted(value: Addresses, by: string, whole: string): Addresses {
  const descending = by.startsWith('-');
  const field = by.replace(/^[+-]/, '');
  const keyOf = {
    name: (one: InterfaceAddress) => one.name,
    address: (one: InterfaceAddress) => one.address,
    type: (one: InterfaceAddress) => one.family,
  }[field];
  if (keyOf === undefined) {
    throw problem(whole, `cannot sort by "${by}", accepted are name, address, type`);
  }
  const order = [...value].sort((left, right) =>
    keyOf(left) < keyOf(right) ? -1 : keyOf(left) > keyOf(right) ? 1 : 0,
  );
  return descending ? order.reverse() : order;
}

function problem(whole: string, why: string): MeshError {
  return invalid(`address template "${whole}": ${why}`);
}
