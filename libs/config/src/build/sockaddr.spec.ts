import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import type { InterfaceAddress } from '../sources/environment.ts';
import { inCidr, isAny, isCidr, isLocal, isPrivate } from './ip-sets.ts';
import { expandTemplates } from './sockaddr.ts';

const machine: readonly InterfaceAddress[] = [
  { name: 'lo', address: '127.0.0.1', family: 'ipv4', loopback: true },
  { name: 'lo', address: '::1', family: 'ipv6', loopback: true },
  { name: 'eth0', address: 'fe80::1', family: 'ipv6', loopback: false },
  { name: 'eth0', address: '10.0.0.5', family: 'ipv4', loopback: false },
  { name: 'eth1', address: '192.168.1.9', family: 'ipv4', loopback: false },
  { name: 'eth1', address: '2001:db8::9', family: 'ipv6', loopback: false },
  { name: 'wan0', address: '203.0.113.7', family: 'ipv4', loopback: false },
];

test.each([
  ['10.9.9.9', '10.9.9.9'],
  ['{{ GetPrivateIP }}', '10.0.0.5'],
  ['{{GetPrivateIPs}}', '10.0.0.5 192.168.1.9'],
  ['{{ GetPublicIP }}', '203.0.113.7'],
  ['{{ GetPublicIPs }}', '203.0.113.7 2001:db8::9'],
  ['{{ GetInterfaceIP "eth1" }}', '192.168.1.9'],
  ['{{ GetInterfaceIPs `eth1` }}', '192.168.1.9 2001:db8::9'],
  ['{{ GetInterfaceIP "none" }}', ''],
  ['{{ GetPrivateIP }} {{ GetPublicIP }}', '10.0.0.5 203.0.113.7'],
  [
    '{{ GetPrivateInterfaces | include "network" "192.168.0.0/16" | attr "address" }}',
    '192.168.1.9',
  ],
  [
    '{{ GetAllInterfaces | include "name" "eth[01]" | include "type" "IPv4" | join "address" "," }}',
    '10.0.0.5,192.168.1.9',
  ],
  [
    '{{ GetAllInterfaces | include "flags" "forwardable|up" | sort "-address" | limit 1 | attr "address" }}',
    '203.0.113.7',
  ],
  [
    '{{ GetAllInterfaces | exclude "rfc" "1918" | include "type" "ipv4" | join "address" " " }}',
    '127.0.0.1 203.0.113.7',
  ],
  ['{{ GetAllInterfaces | include "address" "^10\\\\." | join "address" " " }}', '10.0.0.5'],
  ['{{ GetPublicInterfaces | sort "name" | limit 1 }}', '2001:db8::9'],
  ['{{ GetDefaultInterfaces | limit 1 }}', '10.0.0.5'],
])('%s', (template, expected) => {
  expect(expandTemplates(template, machine)).toBe(expected);
});

test.each([
  ['{{ }}', 'a part is empty'],
  ['{{ GetPrivateIP | }}', 'a part is empty'],
  ['{{ GetMoon }}', 'unknown function "GetMoon", accepted are GetPrivateIP'],
  ['{{ GetInterfaceIP }}', 'GetInterfaceIP needs the name of an interface'],
  ['{{ GetPrivateIP | limit 1 }}', '"limit" needs a list of interfaces'],
  ['{{ GetAllInterfaces | math "x" }}', 'unknown filter "math", accepted are include'],
  ['{{ GetAllInterfaces | include "colour" "red" }}', 'cannot select by "colour"'],
  ['{{ GetAllInterfaces | include "rfc" "1" }}', 'rfc accepts "1918" and "6890"'],
  ['{{ GetAllInterfaces | include "flags" "fast" }}', 'unknown flag "fast"'],
  ['{{ GetAllInterfaces | include "name" "(" }}', '"(" is no regular expression'],
  ['{{ GetAllInterfaces | sort "size" }}', 'cannot sort by "size"'],
  ['{{ GetAllInterfaces | limit many }}', 'limit needs a number'],
  ['{{ GetAllInterfaces | attr "name" }}', 'attr accepts "address"'],
  ['{{ GetAllInterfaces | join "name" }}', 'join accepts "address"'],
  ['{{ GetInterfaceIP "eth0 }}', 'cannot read "\\"eth0"'],
])('%s is refused', (template, message) => {
  expect(() => expandTemplates(template, machine)).toThrow(MeshError);
  expect(() => expandTemplates(template, machine)).toThrow(message);
});

test('fuzz: any template gives a text or a MeshError', () => {
  const pieces = [
    'GetAllInterfaces',
    'GetPrivateIP',
    '|',
    'include',
    'exclude',
    'sort',
    'limit',
    'attr',
    'join',
    '"name"',
    '"address"',
    '"flags"',
    '"type"',
    '"network"',
    '"',
    '`',
    '\\',
    '1',
    'x',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (list) => {
      try {
        expect(typeof expandTemplates(`{{ ${list.join(' ')} }}`, machine)).toBe('string');
      } catch (thrown) {
        if (!(thrown instanceof MeshError)) throw thrown;
      }
    }),
    { numRuns: 1000 },
  );
});

test('sets of addresses', () => {
  for (const one of ['10.1.1.1', '172.31.0.1', '192.168.0.1', '100.64.0.1', 'fd00::1']) {
    expect(isPrivate(one)).toBe(true);
  }
  for (const one of ['172.32.0.1', '8.8.8.8', '2001:db8::1']) expect(isPrivate(one)).toBe(false);
  for (const one of ['127.0.0.2', '169.254.1.1', '::1', 'fe80::2']) expect(isLocal(one)).toBe(true);
  for (const one of ['0.0.0.0', '::', '0:0::0']) expect(isAny(one)).toBe(true);
  for (const one of ['127.0.0.1', '::1', '']) expect(isAny(one)).toBe(false);
  for (const one of ['10.0.0.0/8', '::/0', '1.2.3.4/32']) expect(isCidr(one)).toBe(true);
  for (const one of [
    '',
    '/',
    '10.0.0.0',
    '10.0.0.0/33',
    'x/8',
    '::/129',
    '1.2.3.4/',
    '1.2.3.4/-1',
  ]) {
    expect(isCidr(one)).toBe(false);
  }
  expect(inCidr('10.2.3.4', '10.0.0.0/8')).toBe(true);
  expect(inCidr('11.2.3.4', '10.0.0.0/8')).toBe(false);
  expect(inCidr('10.2.3.4', 'nonsense')).toBe(false);
});
