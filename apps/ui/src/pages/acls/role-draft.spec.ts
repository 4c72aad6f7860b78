import type { AclRole } from '@mesh/api-contract';
import { isRoleValid, NEW_ROLE, roleBody, roleCopy, roleDraft } from './role-draft.ts';

const STORED: AclRole = {
  ID: 'r1',
  Name: 'ops',
  Description: 'd',
  Policies: [{ ID: 'p1', Name: 'app' }],
  ServiceIdentities: [{ ServiceName: 'web', Datacenters: ['dc1'] }],
  NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
  Hash: 'q9O3arbOJclCPQ18BhXekaipQwByPem0e83qyCB//zE=',
  CreateIndex: 18,
  ModifyIndex: 18,
};

test('what is read is sent again', () => {
  expect(roleBody(roleDraft(STORED))).toEqual({
    Name: 'ops',
    Description: 'd',
    Policies: [{ ID: 'p1' }],
    ServiceIdentities: [{ ServiceName: 'web', Datacenters: ['dc1'] }],
    NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
  });
  expect(roleBody(roleCopy(STORED)).Name).toBe('ops-copy');
});

test('a name is needed, and whole identities', () => {
  expect(isRoleValid(roleDraft(STORED))).toBe(true);
  expect(isRoleValid(NEW_ROLE)).toBe(false);
  const services = [{ name: '', datacenters: '' }];
  expect(isRoleValid({ ...roleDraft(STORED), services })).toBe(false);
});
