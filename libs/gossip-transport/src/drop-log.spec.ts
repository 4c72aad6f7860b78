import { type LogValue, silentLogger } from '@mesh/base';
import { DropLog } from './drop-log.ts';

test('one line for each reason in a while, with the count', () => {
  let nowMs = 0;
  const lines: [string, LogValue, LogValue][] = [];
  const logger = {
    ...silentLogger,
    warn: (message: string, fields: Readonly<Record<string, LogValue>> = {}) =>
      void lines.push([message, fields['count'], fields['error']]),
  };
  const drops = new DropLog(logger, { nowMs: () => 0, monotonicMs: () => nowMs });
  for (let at = 0; at < 50; at++) drops.dropped('a', '10.0.0.1');
  drops.dropped('b', '10.0.0.2', new Error('why'));
  nowMs = 10_000;
  drops.dropped('a', '10.0.0.1');
  expect(lines).toEqual([
    ['a', 1, undefined],
    ['b', 1, 'why'],
    ['a', 50, undefined],
  ]);
});
