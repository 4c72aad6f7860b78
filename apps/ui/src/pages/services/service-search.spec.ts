import type { UiServiceSummary } from '@mesh/api-contract';
import { matchesService, parseServiceSearch } from './service-search.ts';

const service = (changes: Partial<UiServiceSummary>): UiServiceSummary => ({
  Name: 'web',
  Tags: null,
  Nodes: [],
  InstanceCount: 1,
  ChecksPassing: 1,
  ChecksWarning: 0,
  ChecksCritical: 0,
  ExternalSources: null,
  GatewayConfig: {},
  ...changes,
});

const matches = (text: string, changes: Partial<UiServiceSummary> = {}) =>
  matchesService(service(changes), parseServiceSearch(text));

test.each([
  ['', {}, true],
  ['WE', {}, true],
  ['db', {}, false],
  ['service:web', {}, true],
  ['web eb', {}, true],
  ['web db', {}, false],
  ['tag:blue', { Tags: ['Blue'] }, true],
  ['tag:bl', { Tags: ['blue'] }, true],
  ['tag:blue', { Tags: ['red'] }, false],
  ['tag:', { Tags: null }, false],
  ['status:passing', {}, true],
  ['status:passing', { ChecksCritical: 1 }, false],
  ['status:crit', { ChecksCritical: 1 }, true],
  ['status:warning', { ChecksWarning: 1 }, true],
  ['status:nope', {}, false],
  ['web tag:blue status:critical', { Tags: ['blue'], ChecksCritical: 2 }, true],
] as const)('%s', (text, changes, expected) => {
  expect(matches(text, changes)).toBe(expected);
});
