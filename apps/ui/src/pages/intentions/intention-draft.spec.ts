import type { Intention } from '@mesh/api-contract';
import { bodyOf, draftOf, draftOfSearch, NEW_REST, problemsOf } from './intention-draft.ts';

const STORED: Intention = {
  ID: '510a2faa-9e4b-6be1-da16-c8d914e5022f',
  Description: 'd',
  SourceNS: 'x',
  SourceName: 'web',
  DestinationNS: 'default',
  DestinationName: 'socat',
  SourceType: 'consul',
  Action: 'deny',
  DefaultAddr: '10.0.0.1',
  DefaultPort: 8080,
  Meta: { k: 'v' },
  Precedence: 9,
  CreatedAt: '2026-11-23T03:31:46.534386306Z',
  UpdatedAt: '2026-11-23T03:31:46.534386306Z',
  Hash: 'l+Q1pmVm47rUlArxIGwlSLb96UB6fkzrsP7hq9PdN6Q=',
  CreateIndex: 133,
  ModifyIndex: 133,
};

test('saving keeps what the form does not show', () => {
  const draft = draftOf(STORED);
  expect(draft).toEqual({
    source: 'web',
    destination: 'socat',
    action: 'deny',
    description: 'd',
  });
  const { SourceNS, DestinationNS, SourceType, DefaultAddr, DefaultPort, Meta } = STORED;
  const rest = { SourceNS, DestinationNS, SourceType, DefaultAddr, DefaultPort, Meta };
  expect(bodyOf({ ...draft, action: 'allow', source: ' * ' }, rest)).toEqual({
    ...rest,
    SourceName: '*',
    DestinationName: 'socat',
    Action: 'allow',
    Description: 'd',
  });
});

test('a new one may begin with names of the address', () => {
  expect(draftOfSearch('?destination=a%2Fb&action=deny')).toEqual({
    source: '',
    destination: 'a/b',
    action: 'deny',
    description: '',
  });
  expect(bodyOf(draftOfSearch('?source=web&destination=db'), NEW_REST)).toMatchObject({
    SourceNS: 'default',
    SourceName: 'web',
    Action: 'allow',
  });
});

test.each([
  ['', 'Enter the name of a service'],
  ['  ', 'Enter the name of a service'],
  ['we*', 'A wildcard stands alone'],
  ['x'.repeat(513), '513 characters, at most 512 are accepted.'],
  ['*', undefined],
  ['web', undefined],
  ['日本 web', undefined],
])('the name %j', (name, problem) => {
  const expected = problem === undefined ? undefined : expect.stringContaining(problem);
  const draft = { ...draftOf(STORED), source: name };
  expect(problemsOf(draft)).toEqual({
    source: expected,
    destination: undefined,
    description: undefined,
  });
  expect(problemsOf({ ...draft, source: 'a', destination: name }).destination).toEqual(expected);
});

test('a description that is too long', () => {
  const draft = { ...draftOf(STORED), description: 'x'.repeat(513) };
  expect(problemsOf(draft).description).toBe('513 characters, at most 512 are accepted.');
});
