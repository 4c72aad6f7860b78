import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '@mesh/base';
import { decodeSource, decodeValue } from '../settings/decode-source.ts';
import { Settings } from '../settings/settings.ts';
import { AGENT_KEYS, ALL_KEYS, KEY_BY_NAME } from './all-keys.ts';
import { DEFINITION_KEYS } from './definition-keys.ts';
import type { ConfigKey } from './key.ts';
import { nearestName } from './key-tree.ts';
import { printKeys } from './print-keys.ts';

const recorded: string[] = JSON.parse(
  readFileSync(join(__dirname, '../../testdata/key-names.json'), 'utf8'),
);

/** A value of the key's type that is not its default. */
function sample(key: ConfigKey): unknown {
  switch (key.type) {
    case 'text':
      return key.accepted?.at(-1) ?? 'some';
    case 'flag':
      return key.fallback !== true;
    case 'whole':
    case 'number':
      return key.range === undefined ? 7 : Math.min(key.range.max, key.range.min + 3);
    case 'duration':
      return '77s';
    case 'texts':
      return ['one'];
    case 'textMap':
      return { one: 'two' };
    case 'map':
      return { one: 2 };
    case 'maps':
      return [{ one: 2 }];
    default:
      return undefined;
  }
}

/** {a: {b: value}} of "a.b", with a list where a list of objects stands. */
function nest(name: string, value: unknown): unknown {
  const steps = name.split('.');
  let out = value;
  for (let at = steps.length - 1; at >= 0; at--) {
    const parent = KEY_BY_NAME.get(steps.slice(0, at + 1).join('.'));
    if (parent?.type === 'objects' && at < steps.length - 1) out = [out];
    out = { [steps[at]!]: out };
  }
  return out;
}

test('every recorded key has a row, and no other', () => {
  expect(ALL_KEYS.map((key) => key.name).sort()).toEqual([...recorded].sort());
});

test('defaults are of their own type and range', () => {
  for (const key of ALL_KEYS) {
    for (const value of [key.fallback, key.devFallback]) {
      if (value === undefined) continue;
      if (key.type === 'duration') expect(parseDuration(value as string)).toBeDefined();
      if (key.type !== 'objects') expect(decodeValue(key, value, key.name)).toEqual(value);
    }
    expect(key.doc).toMatch(/^\S.*[^.]\.$/);
    if (key.oldNameOf !== '') expect(KEY_BY_NAME.has(key.oldNameOf)).toBe(true);
  }
});

const settable = AGENT_KEYS.filter((key) => sample(key) !== undefined);

test.each(settable.map((key) => [key.name, key] as const))(
  '%s is read in any case',
  (name, key) => {
    const value = sample(key);
    for (const spelling of [name, name.toUpperCase()]) {
      const source = decodeSource('f', nestAs(name, spelling, value));
      const owner = [...source.values.keys()][0]!;
      const found = source.values.get(owner);
      expect(JSON.stringify(found)).toContain(JSON.stringify(value));
    }
  },
);

function nestAs(name: string, spelling: string, value: unknown): unknown {
  const nested = JSON.stringify(nest(name, value));
  return JSON.parse(spelling === name ? nested : upperKeys(nested, name));
}

function upperKeys(json: string, name: string): string {
  return name
    .split('.')
    .reduce((text, step) => text.replace(`"${step}":`, `"${step.toUpperCase()}":`), json);
}

test.each(settable.map((key) => [key.name, key] as const))(
  '%s refuses a wrong type',
  (name, key) => {
    const wrong = key.type === 'text' || key.type === 'duration' ? 5 : 'wrong';
    expect(() => decodeSource('f.json', nest(name, wrong))).toThrow(/^failed to parse f.json: .*/);
  },
);

test('old names set the present ones', () => {
  for (const key of AGENT_KEYS.filter((one) => one.oldNameOf !== '')) {
    const present = KEY_BY_NAME.get(key.oldNameOf)!;
    if (!present.settable) continue;
    const value =
      sample(key) === 'some' && present.accepted ? present.accepted.at(-1) : sample(key);
    const settings = new Settings(false, [decodeSource('f', nest(key.name, value))]);
    expect(settings.value(present.name)).toEqual(value);
    const both = { ...(nest(key.name, 'x') as object) };
    if (present.type === 'text' && present.accepted === undefined) {
      Object.assign(both, nest(present.name, 'y'));
      expect(new Settings(false, [decodeSource('f', both)]).value(present.name)).toBe('y');
    }
  }
});

test('documented fields of definitions are those that files accept', () => {
  for (const key of DEFINITION_KEYS) {
    const value = sample(key);
    if (value === undefined || key.type === 'objects') continue;
    const [kind, ...rest] = key.name.split('.');
    const field = rest.join('.');
    const given =
      field === 'status' ? 'passing' : field.startsWith('tagged_addresses') ? {} : value;
    const inner = field === 'header' ? { one: ['two'] } : given;
    const definition = { [kind!]: nest(field, inner) };
    try {
      decodeSource('f', definition);
    } catch (thrown) {
      expect((thrown as Error).message).not.toMatch(/invalid config key|expected/);
    }
  }
});

test('the table for the documentation has a line for each key', () => {
  const lines = printKeys().trim().split('\n');
  expect(lines).toHaveLength(ALL_KEYS.length + 2);
  for (const line of lines) expect(line.replaceAll('\\|', '')).toMatch(/^(\|[^|]*){6}\|$/);
  expect(printKeys()).toContain('| `ports.http` | whole number | 8500 |  |  | -1 off. |');
});

test('near names are found, far ones are not', () => {
  const names = ['datacenter', 'data_dir', 'ui', 'ports'];
  expect(nearestName('Datacentre', names)).toBe('datacenter');
  expect(nearestName('port', names)).toBe('ports');
  expect(nearestName('bogus', names)).toBeUndefined();
  expect(nearestName('x', names)).toBeUndefined();
});
