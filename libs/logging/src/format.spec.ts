import { formatJson, formatText, TimestampFormatter, VALUE_MAX_LENGTH } from './format.ts';

const time = '2026-11-23T03:41:25.865Z';

test.each([
  ['WARN', 'message', { key: 'value', key2: 'two words' }, 'message: key=value key2="two words"'],
  ['INFO', 'plain', undefined, 'plain'],
  ['INFO', 'plain', {}, 'plain'],
  ['ERROR', 'm', { n: 1, b: true, none: null, gone: undefined }, 'm: n=1 b=true none=<nil>'],
  ['DEBUG', 'm', { list: ['a', 'b c'] }, 'm: list=["a", "b c"]'],
  ['TRACE', 'm', { error: new Error('it broke') }, 'm: error="it broke"'],
  [
    'INFO',
    'm',
    { empty: '', equals: 'a=b', quote: 'a"b' },
    'm: empty="" equals="a=b" quote="a\\"b"',
  ],
] as const)('%s line', (level, message, fields, expected) => {
  const padded = `[${level}]`.padEnd(7);
  expect(formatText(time, level, 'agent.sub', message, fields)).toBe(
    `${time} ${padded} agent.sub: ${expected}`,
  );
});

test('nothing that others say can begin a line of its own', () => {
  const nasty = 'x\n2026-11-23T03:41:25.865Z [INFO]  agent: forged\r\u0085\u2028';
  const line = formatText(time, 'INFO', 'agent', nasty, { value: nasty });
  expect(line.split('\n')).toHaveLength(1);
  expect(line).not.toContain('\r');
});

test('long values are cut', () => {
  const line = formatText(time, 'INFO', 'agent', 'm', { value: 'x'.repeat(1e6) });
  expect(line.length).toBeLessThan(VALUE_MAX_LENGTH + 100);
});

test('JSON lines', () => {
  const fields = { key: 'two\nwords', error: new Error('it broke'), n: 1, gone: undefined };
  expect(JSON.parse(formatJson(time, 'WARN', 'agent.sub', 'message', fields))).toEqual({
    '@level': 'warn',
    '@message': 'message',
    '@module': 'agent.sub',
    '@timestamp': '2026-11-23T03:41:25.865000Z',
    key: 'two\nwords',
    error: 'it broke',
    n: 1,
  });
});

test('timestamps agree with toISOString, across seconds and backwards', () => {
  const formatter = new TimestampFormatter();
  for (const ms of [
    0, 9, 99, 999, 1000, 1_700_000_000_123.9, 1_699_999_999_999, 1_700_000_000_000,
  ]) {
    expect(formatter.format(ms)).toBe(new Date(ms).toISOString());
  }
});
