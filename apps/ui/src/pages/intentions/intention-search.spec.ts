import type { Intention, IntentionAction } from '@mesh/api-contract';
import { matchesIntention, parseIntentionSearch } from './intention-search.ts';

const intention = (
  SourceName: string,
  DestinationName: string,
  Action: IntentionAction,
  Description = '',
) => ({ SourceName, DestinationName, Action, Description }) as Intention;

const ALL = [
  intention('web', 'socat', 'deny', 'Tutorial'),
  intention('Web-API', 'db', 'allow'),
  intention('*', 'db', 'deny'),
  intention('db', 'web', 'allow'),
];

test.each([
  ['', [0, 1, 2, 3]],
  ['web', [0, 1, 3]],
  ['WEB  db', [1, 3]],
  ['tutorial', [0]],
  ['source:web', [0, 1]],
  ['source:*', [2]],
  ['destination:db action:deny', [2]],
  ['action:a', [1, 3]],
  ['action:denied', []],
  ['web source:db', [3]],
])('%s', (text, expected) => {
  const search = parseIntentionSearch(text);
  expect(ALL.flatMap((row, at) => (matchesIntention(row, search) ? [at] : []))).toEqual(expected);
});
