import { addressOf, alive, dead, SwimRig, suspect, VERSIONS } from '../testing/swim-rig.ts';
import { NODE_STATE } from '../wire/messages.ts';

const { alive: ALIVE, suspect: SUSPECT, dead: DEAD, left: LEFT } = NODE_STATE;

/** What a core spreads about a name now. */
function spread(rig: SwimRig, node: string) {
  rig.pass(1000);
  return rig.messages().filter((one) => 'node' in one && one.node === node && one.kind !== 'ping');
}

describe('alive', () => {
  it('a newcomer joins, and others hear of it', () => {
    const rig = new SwimRig().start();
    rig.hear(alive('b'));
    expect(rig.told).toEqual(['joined b']);
    expect(rig.core.node('b')).toMatchObject({ ...addressOf('b'), incarnation: 1, state: ALIVE });
    rig.hear(alive('c'));
    expect(spread(rig, 'b').map(({ to }) => to)).toContain('c');
  });

  it.each([
    ['incarnation 0', { incarnation: 0 }],
    ['no name', { node: '' }],
    ['no address', { host: '' }],
    ['no port', { port: 0 }],
    ['no versions', { versions: undefined }],
    ['versions that make no sense', { versions: [3, 2, 2, 2, 5, 4] as const }],
    ['version 0', { versions: [0, 5, 2, 2, 5, 4] as const }],
  ])('one with %s is not taken', (_what, change) => {
    const rig = new SwimRig().start();
    rig.hear(alive('b', change));
    expect([rig.told, rig.core.nodeCount]).toEqual([[], 1]);
  });

  it('one that the layer above does not want is not taken', () => {
    const rig = new SwimRig().start();
    rig.veto = ({ name }) => (name === 'b' ? 'not of us' : undefined);
    rig.hear(alive('b'));
    rig.hear(alive('c'));
    expect(rig.told).toEqual(['joined c']);
  });

  it('only a newer incarnation changes what is known', () => {
    const rig = new SwimRig().start('b');
    const meta = Uint8Array.of(1);
    rig.hear(alive('b', { meta }));
    expect([rig.told, rig.core.node('b')!.meta.length]).toEqual([[], 0]);
    rig.hear(alive('b', { meta, incarnation: 2 }));
    expect([rig.told, rig.core.node('b')!.meta.length]).toEqual([['updated b'], 1]);
    rig.hear(alive('b', { incarnation: 3, meta, versions: VERSIONS }));
    expect(rig.told).toEqual(['updated b']);
  });

  it('another address under a living name is a conflict', () => {
    const rig = new SwimRig().start('b');
    rig.hear(alive('b', { host: '10.0.0.9', incarnation: 7 }));
    expect(rig.told).toEqual(['conflict 10.0.0.2 10.0.0.9']);
    expect(rig.core.node('b')).toMatchObject({ host: '10.0.0.2', incarnation: 1 });
  });

  it('the name of one that left is free at once, of one that died after a while', () => {
    const moved = alive('b', { host: '10.0.0.9' });
    const left = new SwimRig().start('b');
    left.hear(dead('b', 'b'));
    left.hear(moved);
    expect(left.core.node('b')).toMatchObject({ host: '10.0.0.9', state: ALIVE });

    const died = new SwimRig().start('b');
    died.hear(dead('b', 'c'));
    died.nowMs += 30_000;
    died.hear(moved);
    expect(died.core.node('b')).toMatchObject({ host: '10.0.0.2', state: DEAD });
    died.nowMs += 1;
    died.hear(moved);
    expect(died.core.node('b')).toMatchObject({ host: '10.0.0.9', state: ALIVE });

    const never = new SwimRig({ deadNodeReclaimMs: 0 }).start('b');
    never.hear(dead('b', 'c'));
    never.nowMs += 3_600_000;
    never.hear(moved);
    expect(never.core.node('b')!.state).toBe(DEAD);
  });

  it('about oneself is refuted unless it says what is so', () => {
    const rig = new SwimRig().start('b');
    rig.hear(alive('a'));
    expect(rig.core.incarnation).toBe(1);
    rig.hear(alive('a', { incarnation: 4 }));
    expect(rig.core.incarnation).toBe(5);
    rig.hear(alive('a', { incarnation: 5, meta: Uint8Array.of(1) }));
    expect(rig.core.incarnation).toBe(6);
    expect(rig.core.healthScore).toBe(2);
    rig.hear(alive('a', { incarnation: 7, host: '10.0.0.7' }));
    expect(rig.told).toContain('conflict 10.0.0.1 10.0.0.7');
  });

  it('incarnations end; then nothing can be refuted any more, and nothing breaks', () => {
    const rig = new SwimRig().start('b');
    rig.hear(suspect('a', 'b', 0xffff_ffff));
    expect(rig.core.incarnation).toBe(1);
    expect(rig.state('a')).toBe(ALIVE);
  });
});

describe('suspect', () => {
  it('a suspect has its time to refute, then it is dead', () => {
    const rig = new SwimRig({ probeTimeoutMs: 1e9, probeIntervalMs: 1e9 }).start('b', 'c');
    rig.hear(suspect('b', 'c'));
    expect([rig.state('b'), rig.told]).toEqual([SUSPECT, []]);
    rig.pass(4e9 - 1);
    expect(rig.state('b')).toBe(SUSPECT);
    rig.pass(1);
    expect([rig.state('b'), rig.told]).toEqual([DEAD, ['left b 2']]);
  });

  it('a newer incarnation clears it, an equal one does not', () => {
    const rig = new SwimRig().start('b', 'c');
    rig.hear(suspect('b', 'c'));
    rig.hear(alive('b'));
    expect(rig.state('b')).toBe(SUSPECT);
    rig.hear(alive('b', { incarnation: 2 }));
    expect(rig.state('b')).toBe(ALIVE);
    rig.hear(suspect('b', 'c', 1));
    expect(rig.state('b')).toBe(ALIVE);
  });

  it('new accusers are passed on, those who repeat themselves are not', () => {
    const rig = new SwimRig({ probeIntervalMs: 1e9, probeTimeoutMs: 1e9 }).start(
      ...['b', 'c', 'd', 'e'],
    );
    const accusers = () =>
      new Set(
        spread(rig, 'b')
          .filter(({ kind }) => kind === 'suspect')
          .map((one) => (one as { from: string }).from),
      );
    rig.hear(suspect('b', 'c'));
    expect(accusers()).toEqual(new Set(['c']));
    rig.hear(suspect('b', 'd'));
    expect(accusers()).toContain('d');
    rig.pass(10_000);
    rig.messages();
    rig.hear(suspect('b', 'd'));
    expect(accusers()).toEqual(new Set());
  });

  it('one who is unknown, dead or gone is not suspected', () => {
    const rig = new SwimRig().start('b');
    rig.hear(suspect('x', 'c'));
    rig.hear(dead('b', 'b'));
    rig.hear(suspect('b', 'c'));
    expect([rig.state('x'), rig.state('b')]).toEqual([undefined, LEFT]);
  });

  it('oneself refutes, louder than was accused', () => {
    const rig = new SwimRig().start('b');
    rig.hear(suspect('a', 'b', 3));
    expect(rig.core.incarnation).toBe(4);
    expect(spread(rig, 'a')[0]).toMatchObject({ kind: 'alive', incarnation: 4, to: 'b' });
    expect(rig.core.healthScore).toBeGreaterThan(0);
  });
});

describe('dead', () => {
  it('is left when it says so itself, dead when others do', () => {
    const rig = new SwimRig().start('b', 'c');
    rig.hear(dead('b', 'b'));
    rig.hear(dead('c', 'b'));
    expect([rig.state('b'), rig.state('c')]).toEqual([LEFT, DEAD]);
    expect(rig.told).toEqual(['left b 3', 'left c 2']);
    rig.hear(dead('b', 'c'));
    expect(rig.told).toHaveLength(2);
  });

  it('of an older incarnation is ignored; a newer alive brings back', () => {
    const rig = new SwimRig().start();
    rig.hear(alive('b', { incarnation: 5 }));
    rig.hear(dead('b', 'c', 4));
    expect(rig.state('b')).toBe(ALIVE);
    rig.hear(dead('b', 'c', 5));
    rig.hear(alive('b', { incarnation: 5 }));
    expect(rig.state('b')).toBe(DEAD);
    rig.hear(alive('b', { incarnation: 6 }));
    expect(rig.told).toEqual(['joined b', 'left b 2', 'joined b']);
  });

  it('about oneself is refuted', () => {
    const rig = new SwimRig().start('b');
    rig.hear(dead('a', 'b', 1));
    expect([rig.core.incarnation, rig.state('a')]).toEqual([2, ALIVE]);
  });
});

describe('leave', () => {
  it('is spread, told when it was sent often enough, and not taken back', () => {
    const rig = new SwimRig().start('b', 'c');
    rig.core.leave(rig.nowMs);
    expect(rig.told).toEqual(['left a 3']);
    rig.pass(2000);
    expect(rig.messages().filter(({ kind }) => kind === 'dead')[0]).toMatchObject({
      ...{ node: 'a', from: 'a', incarnation: 1 },
    });
    expect(rig.told.at(-1)).toMatch(/^leave sent at \d+/);
    rig.hear(alive('a', { incarnation: 9 }));
    rig.hear(suspect('a', 'b', 9));
    expect([rig.core.incarnation, rig.state('a')]).toEqual([1, LEFT]);
  });

  it('of one that is alone is over at once', () => {
    const rig = new SwimRig().start();
    rig.core.leave(5);
    expect(rig.told).toEqual(['left a 3', 'leave sent at 5']);
    rig.core.leave(6);
    expect(rig.told).toHaveLength(2);
  });
});

it('other meta comes with another incarnation', () => {
  const rig = new SwimRig().start('b');
  rig.core.updateMeta(Uint8Array.of(9), rig.nowMs);
  expect(rig.told).toEqual(['updated a']);
  expect(spread(rig, 'a')[0]).toMatchObject({ incarnation: 2, meta: Uint8Array.of(9) });
});
