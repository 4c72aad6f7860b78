import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemberOptions, PoolWorld, settle, statuses } from '../testing/pool-world.ts';
import { PeerFile } from './peer-file.ts';
import type { PoolMembership } from './pool-membership.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mesh-peers-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('the file of members', () => {
  const rows = [
    { name: 'n2', address: '10.0.0.2:8301' },
    { name: 'has spaces', address: '[::1]:8301' },
  ];

  it('keeps addresses, for its owner alone', async () => {
    const file = new PeerFile(dataDir);
    expect(file.read(false)).toEqual([]);
    await file.write(rows, false);
    expect(file.read(false)).toEqual(['10.0.0.2:8301', '[::1]:8301']);
    const path = join(dataDir, 'serf', 'local.snapshot');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(
      'alive: n2 10.0.0.2:8301\nalive: has spaces [::1]:8301\n',
    );
  });

  it('after a leave gives them only to who asks to rejoin', async () => {
    const file = new PeerFile(dataDir);
    await file.write(rows, true);
    expect(file.read(false)).toEqual([]);
    expect(file.read(true)).toHaveLength(2);
    await file.write(rows, false);
    expect(file.read(false)).toHaveLength(2);
  });

  it('writes what was said last', async () => {
    const file = new PeerFile(dataDir);
    for (let at = 0; at < 20; at++) {
      file.write([{ name: `n${at}`, address: `10.0.0.${at}:8301` }], false).catch(() => {});
    }
    await file.settled();
    expect(file.read(false)).toEqual(['10.0.0.19:8301']);
  });

  it('takes what it can of a file that is not its own', async () => {
    const file = new PeerFile(dataDir);
    await file.write(rows, false);
    const noise = 'x'.repeat(1000);
    const many = Array.from({ length: 600 }, (_, at) => `alive: n${at} 10.0.0.1:${at + 1}`);
    const path = join(dataDir, 'serf', 'local.snapshot');
    writeFileSync(path, [noise, 'clock: 5', 'alive: x', 'alive: ', ...many].join('\n'));
    expect(file.read(false)).toHaveLength(512);
  });

  it('says when it cannot write', async () => {
    writeFileSync(join(dataDir, 'serf'), '');
    await expect(new PeerFile(dataDir).write(rows, false)).rejects.toBeDefined();
  });
});

describe('a restart of a member', () => {
  let world: PoolWorld;
  beforeEach(() => {
    world = new PoolWorld();
  });
  afterEach(() => world.stop());

  const both = ['n1:alive', 'n2:alive'];

  async function pair(options: MemberOptions): Promise<PoolMembership> {
    const one = await world.add(1, { dataDir, ...options });
    await world.add(2);
    await one.join(['10.0.0.2'], false);
    return one;
  }

  it('finds the others by the file alone, though they were out of reach', async () => {
    const one = await pair({});
    world.isolate(2);
    await world.advance(8000);
    expect(statuses(one)).toContain('n2:failed');
    await world.crash(1, one);
    world.heal(2);
    const again = await world.add(1, { dataDir });
    await until(again, both);
  });

  it('does not come back after a leave', async () => {
    const one = await pair({});
    await one.leave();
    await world.crash(1, one);
    const again = await world.add(1, { dataDir });
    await world.advance(5000);
    expect(statuses(again)).toEqual(['n1:alive']);
    // Until it is told to; then it is as before.
    await again.join(['10.0.0.2'], false);
    await world.crash(1, again);
    await until(await world.add(1, { dataDir }), both);
  });

  it('comes back after a leave with rejoin_after_leave', async () => {
    const one = await pair({ rejoinAfterLeave: true });
    await one.leave();
    await world.crash(1, one);
    await until(await world.add(1, { dataDir, rejoinAfterLeave: true }), both);
  });

  async function until(pool: PoolMembership, wanted: readonly string[]): Promise<void> {
    for (let turn = 0; turn < 100 && statuses(pool).length < wanted.length; turn++) await settle();
    expect(statuses(pool)).toEqual(wanted);
  }
});
