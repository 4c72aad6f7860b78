import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GossipWorld, statuses } from '../testing/gossip-world.ts';

describe('what pools remember over a restart', () => {
  let world: GossipWorld;
  let dataDir: string;
  beforeEach(() => {
    world = new GossipWorld();
    dataDir = mkdtempSync(join(tmpdir(), 'mesh-pools-'));
  });
  afterEach(async () => {
    await world.stop();
    rmSync(dataDir, { recursive: true });
  });
  const file = (name: string) => readFileSync(join(dataDir, 'serf', `${name}.snapshot`), 'utf8');

  it('an agent comes back by itself after a crash', async () => {
    const server = await world.add(1, { dataDir });
    const client = await world.add(2, { server: false });
    await world.wait(client.join(['10.0.0.1'], false));
    await world.until(() => server.members().length === 2);
    await server.stop();
    expect(file('local')).toContain('alive: n2 10.0.0.2:8301\n');
    expect(file('remote')).toContain('alive: n1.dc1 10.0.0.1:8302\n');
    await world.until(() => statuses(client.members()).includes('n1:failed'));
    const next = await world.add(1, { dataDir });
    await world.until(() => next.members().length === 2, 2000);
    await world.until(() => statuses(client.members()).includes('n1:alive'), 2000);
    expect(
      world.lines.some((line) => line.includes('Re-joined to previously known node: n2')),
    ).toBe(true);
  });

  it('an agent that left stays away, unless it is told to come back', async () => {
    const settings = { dataDir, server: false };
    const server = await world.add(1);
    const client = await world.add(2, settings);
    await world.wait(client.join(['10.0.0.1'], false));
    await world.wait(client.leave());
    await client.stop();
    expect(file('local')).toMatch(/^leave$/m);
    const next = await world.add(2, settings);
    await world.advance(3000);
    expect(statuses(next.members())).toEqual(['n2:alive']);
    expect(statuses(server.members())).toContain('n2:left');
    await next.stop();
    const third = await world.add(2, { ...settings, rejoinAfterLeave: true });
    await world.until(() => third.members().length === 2);
    await world.until(() => statuses(server.members()).includes('n2:alive'));
  });

  it('clocks go on where they were', async () => {
    const server = await world.add(1, { dataDir });
    for (let at = 0; at < 5; at++) server.events.fire('e', new Uint8Array([at]));
    const before = Number(server.stats().serf_lan?.event_time);
    expect(before).toBeGreaterThan(5);
    await server.stop();
    const next = await world.add(1, { dataDir });
    expect(Number(next.stats().serf_lan?.event_time)).toBeGreaterThanOrEqual(before);
  });
});
