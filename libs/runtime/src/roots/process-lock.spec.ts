import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@mesh/testkit';
import { lockByProcess } from './process-lock.ts';

describe('lockByProcess', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is held until it is released', () => {
    const lock = lockByProcess(path);
    expect(() => lockByProcess(path)).toThrow(`it is in use by process ${process.pid}`);
    lock.release();
    lockByProcess(path).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('what a dead process left is taken over, and is not released by it', async () => {
    const other = spawn('sleep', ['60']);
    const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeFileSync(path, JSON.stringify({ pid: other.pid, started }));
    expect(() => lockByProcess(path)).toThrow(`it is in use by process ${other.pid}`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = lockByProcess(path);
    const text = readFileSync(path, 'utf8');
    expect(JSON.parse(text).pid).toBe(process.pid);
    writeFileSync(path, 'of somebody else');
    lock.release();
    expect(readFileSync(path, 'utf8')).toBe('of somebody else');
  });

  it('one that has ended, but whose parent does not know yet, holds nothing', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeFileSync(path, JSON.stringify({ pid, started }));
    expect(() => lockByProcess(path)).toThrow(`it is in use by process ${pid}`);
    process.kill(pid, 'SIGKILL');
    await until('its end', () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z'));
    lockByProcess(path).release();
    parent.kill('SIGKILL');
  });

  it.each(['', '{', '{"pid":"x"}', `{"pid":${process.pid},"started":"1"}`])(
    'a file of no living holder is no lock: %s',
    (text) => {
      writeFileSync(path, text);
      lockByProcess(path).release();
    },
  );
});
