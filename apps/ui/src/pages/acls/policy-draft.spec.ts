import type { AclPolicy } from '@mesh/api-contract';
import {
  copyName,
  MAX_POLICY_NAME,
  nameProblem,
  policyBody,
  policyCopy,
  policyDraft,
} from './policy-draft.ts';

const STORED: AclPolicy = {
  ID: 'p1',
  Name: 'app',
  Description: 'd',
  Rules: 'key_prefix "app/" { policy = "write" }\n',
  Datacenters: ['dc1', 'dc2'],
  Hash: 'rCmOhW8OSLN/6HqABSCjqdPZPNEVSACYNzfAh1+bsbY=',
  CreateIndex: 15,
  ModifyIndex: 15,
};

test('what is read is sent again; rules as they are', () => {
  expect(policyBody(policyDraft(STORED))).toEqual({
    Name: 'app',
    Description: 'd',
    Rules: STORED.Rules,
    Datacenters: ['dc1', 'dc2'],
  });
  const { Datacenters: _, ...everywhere } = STORED;
  expect(policyBody(policyDraft(everywhere)).Datacenters).toEqual([]);
  expect(policyBody(policyDraft({ ...STORED, Datacenters: null })).Datacenters).toEqual([]);
});

test('a copy has a name of its own, which is accepted', () => {
  expect(policyCopy(STORED)).toEqual({ ...policyDraft(STORED), name: 'app-copy' });
  const long = copyName('x'.repeat(MAX_POLICY_NAME), MAX_POLICY_NAME);
  expect(long).toHaveLength(MAX_POLICY_NAME);
  expect(nameProblem(long, MAX_POLICY_NAME)).toBeUndefined();
});

test.each([
  ['app', undefined],
  [' app ', undefined],
  ['App_1-x', undefined],
  ['', 'A name is needed.'],
  ['  ', 'A name is needed.'],
  ['a b', 'Accepted are a-z, A-Z, 0-9, - and _, at most 128.'],
  ['é', 'Accepted are a-z, A-Z, 0-9, - and _, at most 128.'],
  ['x'.repeat(129), 'Accepted are a-z, A-Z, 0-9, - and _, at most 128.'],
])('the name %j', (name, problem) => {
  expect(nameProblem(name, MAX_POLICY_NAME)).toBe(problem);
});
