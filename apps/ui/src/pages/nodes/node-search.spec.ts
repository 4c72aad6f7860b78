import type { HealthCheck, NodeService } from '@mesh/api-contract';
import { isLeader } from './node-leader.ts';
import { matchesNode } from './node-search.ts';
import type { UiNode } from './node-types.ts';

const node = (changes: Partial<UiNode> = {}): UiNode => ({
  ID: '',
  Node: 'Web-1',
  Address: '10.0.0.1',
  TaggedAddresses: null,
  Meta: null,
  Services: [],
  Checks: [],
  ...changes,
});
const critical = [{ Status: 'critical' } as HealthCheck];

test.each([
  ['', {}, true],
  ['web', {}, true],
  ['10.0 WEB', {}, true],
  ['db', {}, false],
  ['status:crit', { Checks: critical }, true],
  ['status:passing', { Checks: critical }, false],
  ['status:', {}, true],
] as const)('%j', (search, changes, expected) => {
  expect(matchesNode(node(changes), search)).toBe(expected);
});

test('the leader is who has its address and port', () => {
  const consul = (Port: number) => [{ Service: 'consul', Port } as NodeService];
  expect(isLeader(node({ Services: consul(8300) }), '10.0.0.1:8300')).toBe(true);
  expect(isLeader(node({ Services: consul(8301) }), '10.0.0.1:8300')).toBe(false);
  expect(isLeader(node({ Services: consul(8300) }), '10.0.0.2:8300')).toBe(false);
  expect(isLeader(node({ Address: '::1', Services: consul(8300) }), '[::1]:8300')).toBe(true);
  expect(isLeader(node({ Services: consul(8300) }), '')).toBe(false);
});
