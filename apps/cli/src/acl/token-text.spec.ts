import { formatted } from './output-format.ts';
import type { Token } from './records.ts';
import { tokenLayout, tokenListLayout } from './token-text.ts';

const COMPLEX: Token = {
  AccessorID: 'fbd2447f-7479-4329-ad13-b021d74f86ba',
  SecretID: '869c6e91-4de9-4dab-b56e-87548435f9c6',
  Description: 'test <token>',
  Policies: [
    { ID: 'beb04680-815b-4d7c-9e33-3d707c24672c', Name: 'hobbiton' },
    { ID: '18788457-584c-4812-80d3-23d403148a90', Name: 'bywater' },
  ],
  Roles: [{ ID: '3b0a78fe-b9c3-40de-b8ea-7d4d6674b366', Name: 'shire' }],
  ServiceIdentities: [
    { ServiceName: 'gardener', Datacenters: ['west', 'east'] },
    { ServiceName: 'cook' },
  ],
  NodeIdentities: [{ NodeName: 'bagend', Datacenter: 'west' }],
  Local: true,
  AuthMethod: 'bar',
  CreateTime: '2020-05-22T18:52:31Z',
  ExpirationTime: '2020-05-22T19:52:31Z',
  Hash: 'YWJjZGVmZ2g=',
  CreateIndex: 5,
  ModifyIndex: 10,
};

const LEGACY: Token = {
  AccessorID: '8acc7486-ca54-4d3c-9aed-5cd85651b0ee',
  SecretID: 'legacy-secret',
  Description: 'legacy',
  Local: false,
  CreateTime: '0001-01-01T00:00:00Z',
  Rules: 'operator = "read"',
  CreateIndex: 0,
  ModifyIndex: 0,
};

const GRANTS = `Policies:
   beb04680-815b-4d7c-9e33-3d707c24672c - hobbiton
   18788457-584c-4812-80d3-23d403148a90 - bywater
Roles:
   3b0a78fe-b9c3-40de-b8ea-7d4d6674b366 - shire
Service Identities:
   gardener (Datacenters: west, east)
   cook (Datacenters: all)
Node Identities:
   bagend (Datacenter: west)
`;

describe('tokens as text', () => {
  it('show everything there is, with -meta digest and indexes', () => {
    expect(formatted(tokenLayout, COMPLEX, { format: 'pretty', meta: true })).toBe(
      `AccessorID:       fbd2447f-7479-4329-ad13-b021d74f86ba
SecretID:         869c6e91-4de9-4dab-b56e-87548435f9c6
Description:      test <token>
Local:            true
Auth Method:      bar
Create Time:      2020-05-22 18:52:31 +0000 UTC
Expiration Time:  2020-05-22 19:52:31 +0000 UTC
Hash:             6162636465666768
Create Index:     5
Modify Index:     10
${GRANTS}`,
    );
  });

  it('show the rules of one of before 1.4', () => {
    const text = formatted(tokenLayout, LEGACY, { format: 'pretty' });
    expect(text).toMatch(/\nRules:\noperator = "read"\n$/);
    expect(text).not.toContain('Index');
  });

  it('lists have no secrets, and say which are of before 1.4', () => {
    const text = formatted(tokenListLayout, [COMPLEX, LEGACY], { format: 'pretty', meta: true });
    expect(text).not.toContain('Secret');
    expect(text).not.toContain(COMPLEX.SecretID);
    const [first, second] = text.split('\n\n');
    expect(first).toMatch(/\nLegacy: {11}false\nHash: {13}6162636465666768\n/);
    expect(`${first}\n`).toContain(GRANTS);
    expect(second).toMatch(/^AccessorID: {7}8acc7486[\s\S]*\nLegacy: {11}true\nHash: {13}\n/);
  });

  it('JSON has the fields in the order of the original', () => {
    const text = formatted(tokenLayout, COMPLEX, { format: 'json' });
    expect(text).toContain('    "Description": "test \\u003ctoken\\u003e",\n');
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      ...['CreateIndex', 'ModifyIndex', 'AccessorID', 'SecretID', 'Description', 'Policies'],
      ...['Roles', 'ServiceIdentities', 'NodeIdentities', 'Local', 'AuthMethod'],
      ...['ExpirationTime', 'CreateTime', 'Hash'],
    ]);
    expect(JSON.parse(text)).toEqual(COMPLEX);
  });

  it('JSON lists have no secrets and no rules', () => {
    const text = formatted(tokenListLayout, [LEGACY], { format: 'json' });
    const { SecretID: _secret, Rules: _rules, ...rest } = LEGACY;
    expect(JSON.parse(text)).toEqual([{ ...rest, Legacy: true }]);
  });
});
