import { GRANT_KEYS, matchesAcl, parseAclSearch, searchableGrants } from './acl-search.ts';

const ROWS = [
  searchableGrants({ Policies: [{ ID: '1', Name: 'App' }] }, 'a1', 'For the application'),
  searchableGrants({ Roles: [{ ID: '2', Name: 'ops' }] }, 'b2', ''),
  searchableGrants(
    {
      ServiceIdentities: [{ ServiceName: 'web' }],
      NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
    },
    'c3',
    'role:x',
  ),
];

test.each([
  ['', [0, 1, 2]],
  ['APP', [0]],
  ['a1 application', [0]],
  ['policy:app', [0]],
  ['policy:ops', []],
  ['ops', [1]],
  ['role:o b2', [1]],
  ['service:web node:n', [2]],
  ['web', [2]],
  ['nope:x', []],
])('%s', (text, expected) => {
  const search = parseAclSearch(text, GRANT_KEYS);
  expect(ROWS.flatMap((row, at) => (matchesAcl(row, search) ? [at] : []))).toEqual(expected);
});

test('a key that the list does not know is a plain word', () => {
  expect(matchesAcl(ROWS[2]!, parseAclSearch('role:x', []))).toBe(true);
});
