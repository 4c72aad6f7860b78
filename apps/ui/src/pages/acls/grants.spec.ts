import {
  areGrantsValid,
  grantsBody,
  grantsOf,
  NO_GRANTS,
  namesIn,
  nodeIdentityProblem,
  serviceIdentityProblem,
} from './grants.ts';

const RECORD = {
  Policies: [{ ID: 'p1', Name: 'app' }],
  ServiceIdentities: [{ ServiceName: 'web', Datacenters: ['dc1', 'dc2'] }, { ServiceName: 'db' }],
  NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
};

test('what is read is sent again, links by their ids', () => {
  expect(grantsBody(grantsOf(RECORD))).toEqual({ ...RECORD, Policies: [{ ID: 'p1' }] });
  expect(grantsOf({})).toEqual(NO_GRANTS);
  expect(grantsBody(NO_GRANTS)).toEqual({
    Policies: [],
    ServiceIdentities: [],
    NodeIdentities: [],
  });
});

test('lists of names', () => {
  expect(namesIn(' dc1,dc2 , dc1\n dc3,')).toEqual(['dc1', 'dc2', 'dc3']);
  expect(namesIn(' , ')).toEqual([]);
});

test.each([
  ['web', true, true],
  ['a', true, true],
  ['web-1_x', true, true],
  ['Web', false, true],
  ['web-', false, false],
  ['we b', false, false],
  ['', false, false],
  ['x'.repeat(257), false, false],
])('the name %s', (name, isService, isNode) => {
  expect(serviceIdentityProblem(name) === undefined).toBe(isService);
  expect(nodeIdentityProblem(name) === undefined).toBe(isNode);
  const services = [{ name, datacenters: '' }];
  expect(areGrantsValid({ ...NO_GRANTS, services })).toBe(isService);
  const nodes = [{ name, datacenter: 'dc1' }];
  expect(areGrantsValid({ ...NO_GRANTS, nodes })).toBe(isNode);
  expect(areGrantsValid({ ...NO_GRANTS, nodes: [{ name, datacenter: ' ' }] })).toBe(false);
});
