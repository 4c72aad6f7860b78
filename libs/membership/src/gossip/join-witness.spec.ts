import { MeshError } from '@mesh/base';
import { type GossipTransport, NODE_STATE, type PushPullNode } from '@mesh/gossip';
import { GossipWorld } from '../testing/gossip-world.ts';
import { JoinWitness } from './join-witness.ts';

const other = { host: '10.0.0.1', port: 8301 };
const message = { kind: 'pushPull', join: true, nodes: [], userState: new Uint8Array() } as const;

function node(fields: Partial<PushPullNode>): PushPullNode {
  return {
    ...{ name: 'me', host: '10.0.0.2', port: 8301, meta: new Uint8Array(), incarnation: 1 },
    ...{ state: NODE_STATE.alive, versions: [1, 5, 2, 2, 5, 4], ...fields },
  };
}

describe('whether a join was mutual', () => {
  let world: GossipWorld;
  let nodes: PushPullNode[];
  let looks: number;
  let fails: boolean;
  let witness: JoinWitness;
  beforeEach(() => {
    world = new GossipWorld();
    nodes = [node({ name: 'other', host: '10.0.0.1' })];
    looks = 0;
    fails = false;
    const exchange: GossipTransport['exchange'] = async (_to, sent) => {
      expect(sent).toEqual({ ...message, join: false });
      looks++;
      if (fails) throw new MeshError('unavailable', 'gone');
      return { ...message, nodes };
    };
    witness = new JoinWitness({
      ...{ memberName: 'me', address: { host: '10.0.0.2', port: 8301 }, timeoutMs: 1000 },
      ...{ transport: { exchange }, timers: world.timers, logger: world.logger('serf.lan') },
    });
  });

  it('it was: one look is enough', async () => {
    witness.joined(other, message);
    nodes.push(node({}));
    await world.advance(60_000);
    expect([looks, world.lines]).toEqual([1, []]);
  });

  it('it was in the end', async () => {
    witness.joined(other, message);
    await world.advance(2000);
    nodes.push(node({}));
    await world.advance(60_000);
    expect([looks, world.lines]).toEqual([2, []]);
  });

  it('it was not', async () => {
    witness.joined(other, message);
    await world.advance(60_000);
    expect(looks).toBe(2);
    expect(world.lines).toEqual([
      '[ERROR] serf.lan: serf: join was refused by the other side name=me ' +
        'address=10.0.0.1:8301 reason=it does not list this member; its log says why',
    ]);
  });

  it('it was not: another has the name', async () => {
    nodes.push(node({ host: '10.0.0.9' }));
    witness.joined(other, message);
    await world.advance(60_000);
    expect(world.lines[0]).toContain('another member has the name, at 10.0.0.9:8301');
  });

  it('cannot be told when nobody answers any more, or after a stop', async () => {
    fails = true;
    witness.joined(other, message);
    await world.advance(60_000);
    expect(looks).toBe(1);
    witness.joined(other, message);
    witness.stop();
    await world.advance(60_000);
    expect([looks, world.lines]).toEqual([1, []]);
  });

  it('with itself needs none, and joins are watched in bounds', async () => {
    witness.joined({ host: '10.0.0.2', port: 8301 }, message);
    for (let at = 0; at < 100; at++) witness.joined({ host: '10.0.1.1', port: 1000 + at }, message);
    expect(world.timers.pending).toBe(16);
    witness.stop();
    expect(world.timers.pending).toBe(0);
  });
});
