import fc from 'fast-check';
import { ParsedQuery } from './query-parameters.ts';

describe('ParsedQuery', () => {
  test('names, values, repeats, bare names', () => {
    const query = new ParsedQuery('tag=a&tag=b+c&stale&empty=&x=%C3%A9;y=1=2&&');
    expect(query.all('tag')).toEqual(['a', 'b c']);
    expect(query.get('tag')).toBe('a');
    expect(query.get('stale')).toBe('');
    expect(query.has('empty')).toBe(true);
    expect(query.get('x')).toBe('é');
    expect(query.get('y')).toBe('1=2');
    expect(query.get('nope')).toBeUndefined();
    expect(query.all('nope')).toEqual([]);
    expect(query.has('__proto__')).toBe(false);
  });

  test('refuses bad escapes and floods', () => {
    expect(() => new ParsedQuery('x=%zz')).toThrow('invalid escape');
    expect(() => new ParsedQuery('x=%ff')).toThrow('invalid escape');
    expect(() => new ParsedQuery('a&'.repeat(2000))).toThrow('too many');
  });

  test('reads back what URLSearchParams writes', () => {
    const pairs = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { maxLength: 10 });
    fc.assert(
      fc.property(pairs, (list) => {
        const query = new ParsedQuery(new URLSearchParams(list).toString());
        for (const [name] of list) {
          const values = list.filter(([other]) => other === name).map(([, value]) => value);
          expect(query.all(name)).toEqual(values);
        }
      }),
    );
  });
});
