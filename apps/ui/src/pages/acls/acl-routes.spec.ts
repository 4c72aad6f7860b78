import { aclPlace, methodPath } from './acl-routes.ts';

test.each([
  ['tokens', { page: 'tokens', id: '' }],
  ['tokens/create', { page: 'token-new', id: '' }],
  ['tokens/0a', { page: 'token', id: '0a' }],
  ['policies/0a', { page: 'policy', id: '0a' }],
  ['roles/create', { page: 'role-new', id: '' }],
  ['auth-methods/create', { page: 'method-new', id: '' }],
  ['auth-methods/create/edit', { page: 'method', id: 'create' }],
  ['sign-in', { page: 'sign-in', id: '' }],
  ['', undefined],
  ['tokens/', undefined],
  ['nope', undefined],
  ['auth-methods/jwt', { page: 'method', id: 'jwt' }],
])('acls/%s', (rest, expected) => {
  expect(aclPlace(rest)).toEqual(expected);
});

test('the path of a method leads to it', () => {
  const rest = methodPath('dc1', 'create').split('/').slice(2).join('/');
  expect(aclPlace(rest)).toEqual({ page: 'method', id: 'create' });
});
