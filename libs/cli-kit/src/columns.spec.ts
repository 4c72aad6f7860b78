import { columns } from './columns.ts';

describe('columns', () => {
  it('aligns every column but the last, two spaces apart', () => {
    const rows = [
      ['Node', 'Address', 'DC'],
      ['a-long-name', '10.0.0.1', 'dc1'],
      ['b', '', ''],
    ];
    expect(columns(rows).split('\n')).toEqual([
      'Node         Address   DC',
      'a-long-name  10.0.0.1  dc1',
      'b                      ',
    ]);
  });

  it('counts characters, not their encoding', () => {
    const lines = columns([
      ['köln🙂', 'x'],
      ['plain1', 'x'],
    ]).split('\n');
    expect(lines).toEqual(['köln🙂   x', 'plain1  x']);
  });

  it('nothing is empty', () => expect(columns([])).toBe(''));
});
