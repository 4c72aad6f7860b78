import type { Intention } from '@mesh/api-contract';
import { byPrecedence, covers, precedenceOf } from './precedence.ts';

const names = (source: string, destination: string) => {
  const [SourceNS = '', SourceName = ''] = source.split('/');
  const [DestinationNS = '', DestinationName = ''] = destination.split('/');
  return { SourceNS, SourceName, DestinationNS, DestinationName };
};

describe('precedence', () => {
  it.each([
    ['default/a', 'default/b', 9],
    ['default/*', 'default/b', 8],
    ['*/*', 'default/b', 7],
    ['default/a', 'default/*', 6],
    ['default/*', 'default/*', 5],
    ['*/*', 'default/*', 4],
    ['default/a', '*/*', 3],
    ['default/*', '*/*', 2],
    ['*/*', '*/*', 1],
  ])('of %s => %s is %i', (source, destination, expected) => {
    expect(precedenceOf(names(source, destination))).toBe(expected);
  });

  it('orders by precedence, then by names', () => {
    const of = (source: string, destination: string) => {
      const own = names(source, destination);
      return { ...own, Precedence: precedenceOf(own) } as Intention;
    };
    const sorted = [
      of('default/b', 'default/x'),
      of('default/*', 'default/*'),
      of('default/a', 'default/y'),
      of('default/*', 'default/x'),
      of('default/a', 'default/x'),
    ].sort(byPrecedence);
    expect(sorted.map((one) => `${one.SourceName}>${one.DestinationName}`)).toEqual([
      'a>x',
      'a>y',
      'b>x',
      '*>x',
      '*>*',
    ]);
  });
});

describe('covers', () => {
  it.each([
    ['default/a', 'default/a', true],
    ['default/a', 'default/b', false],
    ['default/a', 'other/a', false],
    ['default/*', 'default/b', true],
    ['default/*', 'other/b', false],
    ['*/*', 'other/b', true],
  ])('%s covers %s: %s', (own, asked, expected) => {
    const of = (text: string) => ({ namespace: text.split('/')[0]!, name: text.split('/')[1]! });
    expect(covers(of(own), of(asked))).toBe(expected);
  });
});
