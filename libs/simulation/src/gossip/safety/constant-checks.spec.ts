import { NODE_STATE, type NodeState, type SwimNode } from '@mesh/gossip';
import { type ToyCore, toyWorld } from '../../testing/toy-core.ts';
import { ConstantChecks } from './constant-checks.ts';
import { Truth } from './truth.ts';
import { Violation } from './violation.ts';

/** A toy that shows what a test wants it to show. */
type Puppet = ToyCore & {
  swim: { nodes: () => readonly SwimNode[]; node: (name: string) => SwimNode | undefined };
  queues: () => { intent: number; event: number; query: number };
  clocks: () => { member: number; event: number; query: number };
};

function setUp() {
  const { world, add, core, stir } = toyWorld();
  const truth = new Truth(world);
  const checks = new ConstantChecks(world, truth);
  const members = [add(), add(), add()] as const;
  world.observers.push(truth, checks);
  const puppet = core('m0') as Puppet;
  puppet.queues = () => ({ intent: 0, event: 0, query: 0 });
  let nodes: readonly SwimNode[] = [];
  puppet.swim = {
    nodes: () => nodes,
    node: (name) => nodes.find((node) => node.name === name),
  };
  /** m0 sees m1 so from now on; undefined: it has forgotten it. */
  const see = (incarnation: number | undefined, state: NodeState = NODE_STATE.alive) => {
    const node = { name: 'm1', incarnation, state } as SwimNode;
    nodes = incarnation === undefined ? [] : [node];
    stir('m0');
  };
  const tell = (event: (typeof puppet.events)[number]) => {
    puppet.events.push(event);
    stir('m0');
  };
  return { world, truth, checks, members, puppet, see, tell, stir };
}

const FAILED = { kind: 'member-failed', members: [{ name: 'm1' }] } as never;

function userEvent(name: string) {
  const payload = new Uint8Array();
  return { kind: 'user-event', name, payload, lamportTime: 1, coalesce: false } as const;
}

test('incarnations rise, or stay; a member that was forgotten may begin anywhere', () => {
  const { see } = setUp();
  see(3);
  see(3, NODE_STATE.suspect);
  see(4);
  see(undefined);
  see(2);
  expect(() => see(1)).toThrow('m0 went back from incarnation 2 of m1 to 1');
});

test('who left stays so, but for a higher incarnation', () => {
  const { see } = setUp();
  see(2, NODE_STATE.left);
  see(undefined);
  see(2, NODE_STATE.left);
  see(3);
  see(4, NODE_STATE.left);
  see(undefined);
  expect(() => see(4)).toThrow('m1 left, and is back for m0 as it was');
});

test('clocks do not go back, but in another life', () => {
  const { world, members, puppet, stir } = setUp();
  puppet.clocks = () => ({ member: 5, event: 8, query: 9 });
  stir('m0');
  puppet.clocks = () => ({ member: 5, event: 7, query: 9 });
  expect(() => stir('m0')).toThrow('the event clock of m0 went back from 8 to 7');
  world.crash(members[1]);
});

test('an event is told once in a life, and only if it was fired', () => {
  const { truth, checks, members, tell } = setUp();
  (members[0].life!.core as unknown as { userEvent: () => void }).userEvent = () => {};
  expect(truth.fire(members[0])).toBe('event-1');
  tell(userEvent('event-1'));
  expect([...checks.toldTo(members[0])]).toEqual(['event-1']);
  expect(() => tell(userEvent('event-1'))).toThrow('m0 was told event-1 twice');
});

test('an event that nobody fired is none', () => {
  expect(() => setUp().tell(userEvent('event-9'))).toThrow('m0 was told event-9, which nobody');
});

test('queues are short', () => {
  const { puppet, see } = setUp();
  puppet.queues = () => ({ intent: 3, event: 500, query: 0 });
  expect(() => see(1)).toThrow('500 broadcasts of one kind wait in m0');
});

describe('who runs is not called failed', () => {
  test('in calm weather', () => {
    const { world, tell } = setUp();
    world.run(100_000);
    expect(() => tell(FAILED)).toThrow(Violation);
  });

  test('unless one of both has just begun', () => {
    const { world, tell } = setUp();
    world.run(80_000);
    expect(() => tell(FAILED)).not.toThrow();
  });

  test('unless it stands still, leaves, or is gone', () => {
    for (const why of ['pause', 'leave', 'crash'] as const) {
      const { world, truth, members, tell } = setUp();
      world.run(100_000);
      if (why === 'pause') members[1].life!.pause(1000);
      if (why === 'leave') truth.beganToLeave(members[1]);
      if (why === 'crash') world.crash(members[1]);
      expect(() => tell(FAILED)).not.toThrow();
    }
  });

  test('unless the weather was bad lately', () => {
    const { world, truth, tell } = setUp();
    truth.harmUntilMs = 30_000;
    world.run(100_000);
    expect(() => tell(FAILED)).not.toThrow();
    world.run(30_000);
    expect(() => tell(FAILED)).toThrow(Violation);
  });
});
