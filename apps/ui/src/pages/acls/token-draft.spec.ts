import type { AclToken } from '@mesh/api-contract';
import {
  ANONYMOUS_ID,
  isTokenValid,
  NEW_TOKEN,
  tokenBody,
  tokenDraft,
  tokenName,
  ttlProblem,
} from './token-draft.ts';

const STORED: AclToken = {
  AccessorID: 'a1',
  SecretID: 's1',
  Description: 't',
  Policies: [{ ID: 'p1', Name: 'app' }],
  Roles: [{ ID: 'r1', Name: 'ops' }],
  Local: true,
  CreateTime: '2026-11-23T03:32:59.137631812Z',
  Hash: 'by7sHY+VEsUL9Jc/2UmWraFu3zbegToB72aJjIfWjf4=',
  CreateIndex: 21,
  ModifyIndex: 21,
};

test('saving keeps what is not edited, and never sends the secret', () => {
  expect(tokenBody(tokenDraft(STORED))).toEqual({
    Description: 't',
    Local: true,
    Policies: [{ ID: 'p1' }],
    Roles: [{ ID: 'r1' }],
    ServiceIdentities: [],
    NodeIdentities: [],
  });
});

test('a new one may end by itself', () => {
  expect(tokenBody({ ...NEW_TOKEN, ttl: ' 2h ' })).toMatchObject({ ExpirationTTL: '2h' });
  expect(tokenBody(NEW_TOKEN)).not.toHaveProperty('ExpirationTTL');
});

test.each([
  ['', undefined],
  ['1m', undefined],
  ['24h', undefined],
  ['1h30m', undefined],
  ['59s', 'Accepted are 1m to 24h.'],
  ['24h1s', 'Accepted are 1m to 24h.'],
  ['-2h', 'Accepted are 1m to 24h.'],
  ['2 hours', 'Not a duration. Accepted are such as 30m, 12h or 1h30m.'],
  ['7', 'Not a duration. Accepted are such as 30m, 12h or 1h30m.'],
])('a life of %j', (ttl, problem) => {
  expect(ttlProblem(ttl)).toBe(problem);
  expect(isTokenValid({ ...NEW_TOKEN, ttl })).toBe(problem === undefined);
});

test('names', () => {
  expect(tokenName(STORED)).toBe('t');
  expect(tokenName({ AccessorID: 'a1', Description: '' })).toBe('a1');
  expect(tokenName({ AccessorID: ANONYMOUS_ID, Description: '' })).toBe('Anonymous token');
});
