import type { HealthCheck, HealthStatus } from '@mesh/api-contract';
import { tallyChecks, worstFirst, worstOf } from './check-health.ts';

const check = (Name: string, Status: HealthStatus) =>
  ({ Name, Status, CheckID: Name }) as HealthCheck;

test('counts, maintenance as critical', () => {
  const tally = tallyChecks([
    check('a', 'passing'),
    check('b', 'passing'),
    check('c', 'warning'),
    check('d', 'critical'),
    check('e', 'maintenance'),
  ]);
  expect(tally).toEqual({ passing: 2, warning: 1, critical: 2 });
});

test.each([
  [[], 'empty'],
  [['passing'], 'passing'],
  [['passing', 'warning'], 'warning'],
  [['critical', 'warning'], 'critical'],
] as const)('the worst of %j is %s', (states, expected) => {
  expect(worstOf(tallyChecks(states.map((status) => check('x', status))))).toBe(expected);
});

test('the worst first, then by name', () => {
  const checks = [
    check('b', 'passing'),
    check('c', 'critical'),
    check('a', 'passing'),
    check('d', 'warning'),
  ];
  expect(worstFirst(checks).map(({ Name }) => Name)).toEqual(['c', 'd', 'a', 'b']);
});
