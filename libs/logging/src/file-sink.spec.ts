import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSinkOptions, openFileSink } from './file-sink.ts';

let folder: string;
let nowMs: number;
const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logging-'));
  nowMs = 1_700_000_000_000;
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(options: Partial<FileSinkOptions> = {}) {
  return openFileSink({
    file: join(folder, 'sub', 'agent.log'),
    rotateBytes: 0,
    rotateDurationMs: 0,
    rotateMaxFiles: 0,
    clock,
    ...options,
  });
}
const names = (sub = 'sub') => readdirSync(join(folder, sub)).sort();
const read = (name: string) => readFileSync(join(folder, 'sub', name), 'utf8');

test('appends, across openings, to a file that only its owner may read', () => {
  for (const text of ['one\n', 'two\n']) {
    const sink = open();
    sink.write(text);
    sink.close();
  }
  expect(read('agent.log')).toBe('one\ntwo\n');
  expect(statSync(join(folder, 'sub', 'agent.log')).mode & 0o777).toBe(0o600);
});

test('a folder gets the usual name', () => {
  open({ file: `${join(folder, 'logs')}/` }).close();
  expect(names('logs')).toEqual(['consul.log']);
});

test('a full file makes place; the newest old ones are kept', () => {
  const sink = open({ rotateBytes: 10, rotateMaxFiles: 2 });
  for (let at = 0; at < 6; at++) {
    nowMs += 1000;
    sink.write(`line ${at} is long\n`);
  }
  sink.close();
  const files = names();
  expect(files).toHaveLength(3);
  expect(files.map(read)).toEqual(['line 3 is long\n', 'line 4 is long\n', 'line 5 is long\n']);
  expect(files[0]).toMatch(/^agent-\d{19}\.log$/);
});

test('an old file makes place, and none is kept where -1 says so', () => {
  const sink = open({ rotateDurationMs: 1000, rotateMaxFiles: -1 });
  sink.write('old\n');
  nowMs += 999;
  sink.write('still\n');
  expect(read('agent.log')).toBe('old\nstill\n');
  nowMs += 1;
  sink.write('new\n');
  sink.close();
  expect(names()).toEqual(['agent.log']);
  expect(read('agent.log')).toBe('new\n');
});

test('writing goes on after the folder went away and came back', () => {
  const sink = open({ rotateBytes: 1 });
  sink.write('one\n');
  rmSync(join(folder, 'sub'), { recursive: true });
  expect(() => sink.write('lost\n')).not.toThrow();
  sink.close();
});

test('a file that cannot be opened is an error at once', () => {
  open().close();
  expect(() => open({ file: join(folder, 'sub', 'agent.log', 'x.log') })).toThrow();
});
