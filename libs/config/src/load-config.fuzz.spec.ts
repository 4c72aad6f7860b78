/** Whatever stands in a file, loading it gives a configuration or a MeshError of one short line. */
import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { ALL_KEYS } from './keys/all-keys.ts';
import { loadConfig } from './load-config.ts';
import { MemoryFiles, memoryEnvironment, testRandom } from './testing/memory-environment.ts';

const RUNS = 500;

function load(name: string, text: string): void {
  const environment = memoryEnvironment(new MemoryFiles({ [name]: text }));
  try {
    loadConfig({ argv: ['-dev', `-config-file=${name}`], random: testRandom, environment });
  } catch (thrown) {
    if (!(thrown instanceof MeshError)) throw thrown;
    expect(thrown.code).not.toBe('internal');
    expect(thrown.message).not.toMatch(/[\r\n]|undefined|NaN|\[object/);
    expect(thrown.message.length).toBeLessThan(1010);
  }
}

const steps = [...new Set(ALL_KEYS.flatMap((key) => key.name.split('.')))];
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...steps) },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'a\nb') },
);
const scalar = fc.oneof(
  fc.string(),
  fc.constantFrom('10s', '-5m', '127.0.0.1', '::', '0.0.0.0', 'unix:///x', '{{ GetPrivateIP }}'),
  fc.constantFrom('passing', 'http', 'nodes', 'web', 'dc1', '', 'x\ny', '{{', '{{ | }}'),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('tree'),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
  tree: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
}));

test('fuzz: trees of known and unknown keys with values of any type', () => {
  fc.assert(
    fc.property(tree, (content) => load('f.json', JSON.stringify(content))),
    { numRuns: RUNS },
  );
});

test('fuzz: every key with every kind of value', () => {
  const values: readonly unknown[] = [
    null,
    '',
    'x',
    '10s',
    '10.0.0.0/8',
    'a\nb',
    'x'.repeat(5000),
    0,
    -1,
    1.5,
    1e300,
    true,
    [],
    ['a'],
    [1],
    [null],
    [[]],
    {},
    { a: 'b' },
    { a: { b: 1 } },
    [{}],
    [{ a: 1 }],
    [{}, {}],
  ];
  for (const key of ALL_KEYS) {
    for (const value of values) {
      const content = key.name
        .split('.')
        .reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
      load('f.json', JSON.stringify(content));
    }
  }
});
