import type { AclAuthMethod } from '@mesh/api-contract';
import {
  configProblem,
  isMethodValid,
  maxTtlProblem,
  methodBody,
  methodCopy,
  methodDraft,
  newMethod,
  withType,
} from './method-draft.ts';

const STORED: AclAuthMethod = {
  MaxTokenTTL: '5m0s',
  Name: 'jwt',
  Type: 'jwt',
  Description: 'd',
  Config: { JWTSupportedAlgs: ['ES256'], BoundAudiences: ['a'] },
  CreateIndex: 37,
  ModifyIndex: 37,
};

test('what is read is sent again', () => {
  expect(methodBody(methodDraft(STORED))).toEqual({
    Name: 'jwt',
    Type: 'jwt',
    DisplayName: '',
    Description: 'd',
    MaxTokenTTL: '5m0s',
    TokenLocality: 'local',
    Config: STORED.Config,
  });
  const { MaxTokenTTL: _, ...forEver } = STORED;
  expect(methodBody(methodDraft(forEver))).not.toHaveProperty('MaxTokenTTL');
  expect(methodCopy(STORED).name).toBe('jwt-copy');
});

test('another type brings its configuration, unless one was written', () => {
  const draft = newMethod('jwt');
  expect(withType(draft, 'kubernetes').config).toBe(newMethod('kubernetes').config);
  expect(withType(withType(draft, 'kubernetes'), 'jwt')).toEqual(draft);
  expect(withType({ ...draft, config: '{}' }, 'kubernetes')).toMatchObject({
    type: 'kubernetes',
    config: '{}',
  });
});

test.each([
  ['{}', undefined],
  ['{"a": [1]}', undefined],
  ['[]', /^A JSON object is needed/],
  ['null', /^A JSON object is needed/],
  ['{"a": }', /^Not JSON: /],
  ['', /^Not JSON: /],
])('the configuration %s', (config, problem) => {
  if (problem === undefined) expect(configProblem(config)).toBeUndefined();
  else expect(configProblem(config)).toMatch(problem);
  expect(isMethodValid({ ...methodDraft(STORED), config })).toBe(problem === undefined);
});

test('tokens that count everywhere must end', () => {
  const draft = { ...methodDraft(STORED), locality: 'global' as const };
  expect(maxTtlProblem(draft)).toBeUndefined();
  expect(maxTtlProblem({ ...draft, maxTtl: '' })).toMatch(/must end/);
  expect(maxTtlProblem({ ...draft, maxTtl: '', locality: 'local' })).toBeUndefined();
  expect(maxTtlProblem({ ...draft, maxTtl: 'x' })).toMatch(/^Not a duration/);
});
