import { precedenceMeaning, precedenceOf, sideText } from './precedence.ts';

const names = (SourceName: string, DestinationName: string, ns = 'default') => ({
  SourceNS: ns,
  SourceName,
  DestinationNS: ns,
  DestinationName,
});

test.each([
  ['web', 'db', 'default', 9],
  ['*', 'db', 'default', 8],
  ['web', '*', 'default', 6],
  ['*', '*', 'default', 5],
  ['*', '*', '*', 1],
])('%s to %s in %s has precedence %i', (source, destination, namespace, expected) => {
  expect(precedenceOf(names(source, destination, namespace))).toBe(expected);
});

test('every precedence says something of its own where it can come about without namespaces', () => {
  const said = [9, 8, 6, 5, 3].map(precedenceMeaning);
  expect(new Set(said).size).toBe(said.length);
});

test.each([
  ['default', 'web', 'web'],
  ['default', '*', 'All services (*)'],
  ['team', 'web', 'team/web'],
  ['*', '*', '*/*'],
])('%s, %s reads %s', (namespace, name, expected) => {
  expect(sideText(namespace, name)).toBe(expected);
});
