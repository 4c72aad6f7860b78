import { createLogHub, type LogHub } from './hub.ts';

let written: string[];
let hub: LogHub;
const clock = { nowMs: () => 0, monotonicMs: () => 0 };
const time = '1970-01-01T00:00:00.000Z';

function create(json = false): void {
  written = [];
  hub = createLogHub({ level: 'INFO', json, clock, write: (text) => written.push(text) });
}
beforeEach(() => create());

test('lines of a tick are written together, indented, notices among them as they are', async () => {
  const logger = hub.logger('agent').named('http');
  logger.info('one');
  hub.notice('==> Consul agent running!');
  logger.debug('dropped');
  logger.warn('two', { n: 2 });
  expect(written).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toEqual([
    `    ${time} [INFO]  agent.http: one\n==> Consul agent running!\n` +
      `    ${time} [WARN]  agent.http: two: n=2\n`,
  ]);
});

test('flush writes what waits; a level set later holds for loggers made before', async () => {
  const logger = hub.logger('agent');
  expect(logger.enabled('DEBUG')).toBe(false);
  hub.setLevel('DEBUG');
  expect(logger.enabled('DEBUG')).toBe(true);
  logger.debug('now');
  await hub.flush();
  expect(written).toEqual([`    ${time} [DEBUG] agent: now\n`]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toHaveLength(1);
});

test('subscribers have levels and formats of their own', async () => {
  const texts: string[] = [];
  const jsons: string[] = [];
  const stopText = hub.subscribe({
    level: 'DEBUG',
    json: false,
    write: (line) => texts.push(line),
  });
  const stopJson = hub.subscribe({ level: 'ERROR', json: true, write: (line) => jsons.push(line) });
  const logger = hub.logger('agent');
  expect(logger.enabled('DEBUG')).toBe(true);
  logger.debug('low');
  logger.error('high');
  expect(texts).toEqual([`${time} [DEBUG] agent: low`, `${time} [ERROR] agent: high`]);
  expect(jsons.map((line) => JSON.parse(line)['@message'])).toEqual(['high']);
  stopText();
  stopJson();
  expect(logger.enabled('DEBUG')).toBe(false);
  logger.error('later');
  expect(texts).toHaveLength(2);
  await hub.flush();
  expect(written.join('')).not.toContain('low');
});

test('the number of subscribers is bounded', () => {
  const subscriber = { level: 'INFO', json: false, write() {} } as const;
  expect(() => {
    for (let at = 0; at < 1000; at++) hub.subscribe({ ...subscriber });
  }).toThrow('too many log readers');
});

test('a flood within one tick is cut and counted', async () => {
  const logger = hub.logger('agent');
  const line = 'x'.repeat(8000);
  for (let at = 0; at < 2000; at++) logger.info(line);
  await hub.flush();
  expect(written.join('').length).toBeLessThan(9e6);
  expect(written.join('')).toMatch(/\(\d+ log lines dropped\)\n$/);
});

test('sinks get the lines without indentation; JSON lines have none', async () => {
  const sunk: string[] = [];
  const remove = hub.addSink((text) => sunk.push(text));
  hub.logger('agent').info('one');
  await hub.flush();
  expect(sunk).toEqual([`${time} [INFO]  agent: one\n`]);
  remove();
  hub.logger('agent').info('two');
  await hub.flush();
  expect(sunk).toHaveLength(1);
  create(true);
  hub.logger('agent').info('one');
  await hub.flush();
  expect(JSON.parse(written[0]!)).toMatchObject({ '@level': 'info', '@message': 'one' });
});
