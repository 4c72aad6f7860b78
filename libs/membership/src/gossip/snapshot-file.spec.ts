import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noMetrics } from '@mesh/base';
import { ManualTimers } from '@mesh/testkit';
import { GossipWorld } from '../testing/gossip-world.ts';
import { SnapshotFile } from './snapshot-file.ts';

const address = { host: '10.0.0.2', port: 8301 };

describe('the snapshot file', () => {
  let folder: string;
  let path: string;
  let timers: ManualTimers;
  let world: GossipWorld;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-snapshot-'));
    path = join(folder, 'serf', 'local.snapshot');
    timers = new ManualTimers();
    world = new GossipWorld();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const create = (rejoinAfterLeave = false) =>
    new SnapshotFile({
      ...{ path, rejoinAfterLeave, metrics: noMetrics, logger: world.logger('serf.lan') },
      platform: { timers, clock: { nowMs: () => 0, monotonicMs: () => timers.nowMs } },
    });
  const text = () => readFileSync(path, 'utf8');
  const names = async (file: SnapshotFile) => (await file.open()).members.map(({ name }) => name);

  it('is written at most every 500 ms, and at the end', async () => {
    const file = create();
    expect(await file.open()).toMatchObject({ members: [], memory: { clock: 0 } });
    file.memberAlive('n2', address);
    file.clocks({ member: 3, event: 1, query: 2 });
    await timers.advance(499);
    expect(existsSync(path)).toBe(false);
    await timers.advance(1);
    file.memberGone('n2');
    await file.close();
    expect(text()).toBe('alive: n2 10.0.0.2:8301\nclock: 2\nquery-clock: 1\nnot-alive: n2\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(timers.pending).toBe(0);
  });

  it('is not written while nothing changes', async () => {
    const file = create();
    await file.open();
    file.clocks({ member: 1, event: 1, query: 1 });
    expect(timers.pending).toBe(0);
    await file.close();
    expect(existsSync(path)).toBe(false);
  });

  it('is remembered by the next run, which goes on with it', async () => {
    const first = create();
    await first.open();
    first.memberAlive('n2', address);
    first.clocks({ member: 9, event: 5, query: 3 });
    await first.close();
    const second = create();
    expect(await second.open()).toEqual({
      members: [{ name: 'n2', address }],
      memory: { clock: 8, eventClock: 4, queryClock: 2 },
      damaged: [],
    });
    second.memberAlive('n3', { host: '::1', port: 1 });
    await second.close();
    expect(await names(create())).toEqual(['n2', 'n3']);
  });

  it('says nothing of members after a leave', async () => {
    const file = create();
    await file.open();
    file.memberAlive('n2', address);
    await file.leave();
    file.memberGone('n2');
    file.memberAlive('n4', address);
    file.clocks({ member: 9, event: 9, query: 9 });
    await file.close();
    expect(text()).toBe('alive: n2 10.0.0.2:8301\nleave\n');
    expect(await names(create())).toEqual([]);
    expect(await names(create(true))).toEqual(['n2']);
  });

  it('may be damaged: what makes sense counts, and the file is put in order', async () => {
    mkdirSync(join(folder, 'serf'));
    await writeFile(path, 'alive: n2 10.0.0.2:8301\n\u0000nonsense\nalive: n3 10.0.0.3:8301\naliv');
    const file = create();
    expect(await names(file)).toEqual(['n2', 'n3']);
    expect(world.lines.filter((line) => line.includes('Unrecognized'))).toHaveLength(2);
    file.memberGone('n2');
    await file.close();
    expect(text()).toBe('alive: n3 10.0.0.3:8301\n');
  });

  it('that a crash cut short gets no line glued to its last', async () => {
    mkdirSync(join(folder, 'serf'));
    await writeFile(path, 'alive: n2 10.0.0.2:8301');
    const file = create();
    expect(await names(file)).toEqual(['n2']);
    file.memberAlive('n3', address);
    await file.close();
    expect(await names(create())).toEqual(['n2', 'n3']);
  });

  it('is written anew when it has grown far beyond its members', async () => {
    const file = create();
    await file.open();
    for (let at = 0; at < 8000; at++) {
      file.memberAlive(`n${at % 4}`, address);
      if (at % 500 === 0) await timers.advance(500);
    }
    await file.close();
    expect(statSync(path).size).toBeLessThan(128 * 1024);
    expect(existsSync(`${path}.compact`)).toBe(false);
    expect(await names(create())).toEqual(['n0', 'n1', 'n2', 'n3']);
  });

  it('stays as it is while many members need it', async () => {
    const file = create();
    await file.open();
    for (let at = 0; at < 3000; at++) file.memberAlive(`${'x'.repeat(80)}${at}`, address);
    await file.close();
    const { size } = statSync(path);
    expect(size).toBeGreaterThan(128 * 1024);
    const again = create();
    await again.open();
    again.memberAlive('one', address);
    await again.close();
    expect(statSync(path).size).toBeGreaterThan(size);
  });

  it('that cannot be written is complained about once, and tried again', async () => {
    mkdirSync(`${path}.compact`, { recursive: true });
    mkdirSync(path);
    const file = create();
    await file.open();
    file.memberAlive('n2', address);
    await timers.advance(500);
    await file.close();
    expect(world.lines.filter((line) => line.startsWith('[ERROR]'))).toHaveLength(1);
    rmSync(`${path}.compact`, { recursive: true });
    rmSync(path, { recursive: true });
    await file.close();
    expect(text()).toBe('alive: n2 10.0.0.2:8301\n');
  });

  it('that is far too large is not read', async () => {
    mkdirSync(join(folder, 'serf'));
    appendFileSync(path, '');
    await chmod(path, 0o600);
    await writeFile(path, Buffer.alloc(64 * 1024 * 1024 + 1, 'alive: n2 10.0.0.2:8301\n'));
    const file = create();
    expect(await names(file)).toEqual([]);
    file.memberAlive('n3', address);
    await file.close();
    expect(text()).toBe('alive: n3 10.0.0.2:8301\n');
  });
});
