import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { compileFilter } from './compile.ts';
import type { FilterSchema } from './schema.ts';

const schema: FilterSchema = {
  Node: 'string',
  Port: 'number',
  Enabled: 'bool',
  Tags: { list: 'string' },
  Ports: { list: 'number' },
  Meta: { map: 'string' },
  TaggedAddresses: { map: { record: { Address: 'string', Port: 'number' } } },
  Service: { record: { Service: 'string', Meta: { map: 'string' } } },
  Checks: { list: { record: { Status: 'string', Tags: { list: 'string' } } } },
};
const row = {
  Node: 'web-1',
  Port: 8080,
  Enabled: true,
  Tags: ['v1', 'primary'],
  Ports: [80, 443],
  Meta: { env: 'prod', 'odd key': 'x', ver: '1' },
  TaggedAddresses: { lan: { Address: '10.0.0.1', Port: 80 } },
  Service: { Service: 'web', Meta: null },
  Checks: [
    { Status: 'passing', Tags: [] },
    { Status: 'warning', Tags: ['a'] },
  ],
};

function errorOf(expression: string): string {
  try {
    compileFilter(expression, schema);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(MeshError);
    expect((thrown as MeshError).code).toBe('invalid-argument');
    return (thrown as MeshError).message;
  }
  throw new Error(`accepted: ${expression}`);
}

test.each([
  ['', true],
  ['  \n', true],
  ['Node == "web-1"', true],
  ['Node==`web-1`', true],
  ['Node != "web-1"', false],
  ['Service.Service == web', true],
  ['Service.Service==web and Port==8080', true],
  ['"eb-" in Node', true],
  ['Node contains "eb-"', true],
  ['Node not contains "eb-"', false],
  ['"zz" not in Node', true],
  ['Node matches "^web-[0-9]+$"', true],
  ['Node not matches `^web-\\d$`', false],
  ['Port == 8080', true],
  ['Port == "0x1f90"', true],
  ['Port != 80', true],
  ['Enabled == true', true],
  ['Enabled == 0', false],
  ['v1 in Tags', true],
  ['"v1" in Tags', true],
  ['Tags contains v2', false],
  ['v2 not in Tags', true],
  ['Tags not contains v1', false],
  ['Tags is empty', false],
  ['Tags is not empty', true],
  ['443 in Ports', true],
  ['8443 in Ports', false],
  ['Meta.env == prod', true],
  ['Meta["odd key"] == x', true],
  ['Meta[ `odd key` ] == x', true],
  ['Meta.ver == 1', true],
  ['Meta.none == 1', false],
  ['Meta.none != 1', true],
  ['Meta.none not matches "x"', true],
  ['x not in Meta.none', true],
  ['env in Meta', true],
  ['toString in Meta', false],
  ['Meta.constructor == x', false],
  ['Meta contains "odd key"', true],
  ['Meta is not empty', true],
  ['Service.Meta is empty', true],
  ['Service.Meta.x == y', false],
  ['TaggedAddresses.lan.Port == 80', true],
  ['TaggedAddresses.wan.Port == 80', false],
  ['TaggedAddresses.wan.Port != 80', true],
  ['Checks.Status == warning', true],
  ['Checks.Status == critical', false],
  ['Checks.Status != warning', true],
  ['a in Checks.Tags', true],
  ['Checks is empty', false],
  ['not Port == 80', true],
  ['not not Port == 80', false],
  ['not (Port == 80 or Port == 8080)', false],
  ['Port == 80 or Port == 8080 and Node == x', false],
  ['Port == 8080 or Port == 80 and Node == x', true],
  ['(Port == 8080 or Port == 80) and Node == x', false],
  ['(((Port==8080)))and(Enabled==true)', true],
  ['\tPort\n==\r\n8080 ', true],
  ['Node == "web\\u002d1"', true],
  ['Node == "web\\x2d1"', true],
  ['Node == "\\U0001F600\\055\\""', false],
  ['or == or or Port == 8080', undefined],
  ['Node == and and Port == 8080', false],
  ['Node == a.b.c', false],
] as const)('%j is %s', (expression, expected) => {
  if (expected === undefined) {
    expect(errorOf(expression)).toContain('Selector "or" is not valid');
    return;
  }
  expect(compileFilter(expression, schema)(row)).toBe(expected);
});

test.each([
  ['Nope==1', 'Selector "Nope" is not valid; accepted: Node, Port'],
  ['Service.Nope==1', 'Selector "Service.Nope" is not valid; accepted there: Service, Meta'],
  ['Node.x==1', '"Node" is a string, it has no fields'],
  ['Tags.x==1', 'is a string, it has no fields'],
  ['toString==1', 'Selector "toString" is not valid'],
  ['Meta.x is not empty', 'Invalid match operator "Is Not Empty" for selector "Meta.x"'],
  ['Tags == v1', 'accepted: "In", "Not In", "Is Empty", "Is Not Empty"'],
  ['Port matches "8"', 'accepted: "Equal", "Not Equal"'],
  ['8 in Port', 'Invalid match operator "In"'],
  ['Service == web', 'accepted: one of its fields (Service, Meta)'],
  ['x in Checks', 'accepted: "Is Empty", "Is Not Empty"'],
  ['Port == eighty', 'value "eighty" for selector "Port" is not a number'],
  ['x in Ports', 'is not a number'],
  ['Enabled == yes', 'is not a bool; accepted: 1, t'],
  ['Node===', '1:7 (6): no match found at "=", expected: a value'],
  ['Node', '1:5 (4): no match found at the end, expected: "!="'],
  ['Node ==\n ', '2:2 (9): no match found at the end'],
  ['Node is', 'expected: "empty" or "not"'],
  ['Node is not', 'expected: "empty"'],
  ['Node == "abc', '1:9 (8): the " here has no end'],
  ['Node == `abc', 'the ` here has no end'],
  ['Node == "\\q"', '1:10 (9): unknown escape'],
  ['Node == "\\ud800"', 'unknown escape'],
  ['Node == "\\UFFFFFFFF"', 'unknown escape'],
  ['Node == 10.1.1.1', '"10.1." is no number; quote text'],
  ['Node == 1abc', 'is no number'],
  ['Node == web-1', '1:12 (11): no match found at "-"'],
  ['Node == a["b"]', 'a value has no ["key"]'],
  ['(Node == a', 'expected: "and", "or" or ")"'],
  ['Node == a)', 'expected: "and", "or" or the end'],
  ['Meta[x] == a', 'expected: "key"'],
  ['Meta["x" == a', 'expected: "]"'],
  ['Meta. == a', 'expected: a letter'],
  ['"a" == Node', 'expected: "in" or "not in"'],
  ['"a" in "b"', 'expected: a selector'],
  ['Node == a Port == 1', 'expected: "and", "or" or the end'],
  ['Node == a and', 'expected: "(", "not"'],
  ['nota == b', 'Selector "nota" is not valid'],
  ['Node matches "("', 'regular expression'],
])('%j: %s', (expression, message) => {
  const text = errorOf(expression);
  expect(text).toContain('Failed to create boolean expression evaluator: ');
  expect(text).toContain(message);
});

test('limits length and nesting', () => {
  expect(errorOf(`Node == "${'x'.repeat(8192)}"`)).toContain('at most 8192');
  expect(errorOf(`${'('.repeat(100)}Port==1${')'.repeat(100)}`)).toContain('nested more than 64');
  expect(errorOf(`${'not '.repeat(100)}Port==1`)).toContain('nested more than 64');
  const long = Array.from({ length: 400 }, () => 'Port == 8080').join(' and ');
  expect(compileFilter(long, schema)(row)).toBe(true);
});

test('rows that lack what the schema promises are zero values', () => {
  for (const poor of [{}, null, undefined, 7, 'x', [], { Checks: null, Tags: 'v1', Meta: [] }]) {
    expect(compileFilter('Node == ""', schema)(poor)).toBe(true);
    expect(compileFilter('Port == 0', schema)(poor)).toBe(true);
    expect(compileFilter('Enabled == false', schema)(poor)).toBe(true);
    expect(compileFilter('Tags is empty and Meta is empty and Checks is empty', schema)(poor)).toBe(
      true,
    );
    expect(compileFilter('Checks.Status == x or Meta.x == y', schema)(poor)).toBe(false);
  }
});

const piece = fc.constantFrom(
  ...[
    'Node',
    'Port',
    'Tags',
    'Meta',
    'Meta.x',
    'Checks.Status',
    'Service',
    '(',
    ')',
    '"',
    '`',
    '[',
    ']',
  ],
  ...[
    '"a"',
    '`b`',
    '1',
    '-0.5',
    'x',
    '.',
    '==',
    '!=',
    'in',
    'not',
    'contains',
    'matches',
    'is',
    'empty',
  ],
  ...['and', 'or', ' ', '\n', '\\', '"(a+)+$"', '"[z-a]"', 'true', '\u0000', '\u{1F600}'],
);

test('nothing but MeshError comes out of any string', () => {
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(' ')),
    fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join('')),
  );
  let accepted = 0;
  fc.assert(
    fc.property(any, (expression) => {
      try {
        const filter = compileFilter(expression, schema);
        accepted++;
        expect(typeof filter(row)).toBe('boolean');
        expect(typeof filter(null)).toBe('boolean');
      } catch (thrown) {
        if (!(thrown instanceof MeshError)) throw thrown;
      }
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(10);
});
