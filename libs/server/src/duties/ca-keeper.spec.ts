import { MeshError, silentLogger } from '@mesh/base';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { CaKeeper } from './ca-keeper.ts';

const HOUR_MS = 3_600_000;

/** Resolves when all microtasks are done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('CaKeeper', () => {
  let platform: ManualPlatform;
  let keeper: CaKeeper;
  let done: string[];
  let errors: unknown[];
  /** What the next step of this name does, if not its work. */
  let instead: Map<string, () => Promise<void>>;

  beforeEach(() => {
    platform = new ManualPlatform();
    done = [];
    errors = [];
    instead = new Map();
    const step = (name: string) => async () => {
      done.push(name);
      const other = instead.get(name);
      instead.delete(name);
      await other?.();
    };
    const logger = { ...silentLogger, error: (...words: unknown[]) => errors.push(words) };
    const authority = {
      ...{ initialize: step('initialize'), rotateIfDue: step('rotate'), prune: step('prune') },
    };
    keeper = new CaKeeper({ authority, platform, logger });
  });
  afterEach(() => keeper.stop());

  const round = ['initialize', 'rotate', 'prune'];

  it('makes the authority at once; looks after its age and former ones each hour', async () => {
    await keeper.start();
    await keeper.start();
    await settled();
    expect(done).toEqual(round);
    platform.advance(HOUR_MS - 1);
    await settled();
    expect(done).toEqual(round);
    platform.advance(1);
    await settled();
    expect(done).toEqual([...round, ...round]);
    expect([platform.pending.length, errors]).toEqual([1, []]);
  });

  it('tries again in two seconds what failed, and says why', async () => {
    instead.set('initialize', async () => {
      throw new MeshError('unavailable', 'no quorum');
    });
    await keeper.start();
    await settled();
    expect(done).toEqual(['initialize']);
    expect(errors).toEqual([['CA is not initialized', { error: 'no quorum' }]]);
    platform.advance(2000);
    await settled();
    expect(done).toEqual(['initialize', ...round]);
  });

  it('does not call a CA uninitialized whose former roots could not be forgotten', async () => {
    instead.set('prune', async () => {
      throw new MeshError('no-leader', 'No cluster leader');
    });
    await keeper.start();
    await settled();
    expect(errors).toEqual([['failed to maintain the CA', { error: 'No cluster leader' }]]);
    platform.advance(2000);
    await settled();
    expect(done).toEqual([...round, ...round]);
  });

  it('stops with the reign, also between two steps, without a word', async () => {
    instead.set('rotate', async () => {
      await keeper.stop();
      throw new MeshError('no-leader', 'No cluster leader');
    });
    await keeper.start();
    await settled();
    platform.advance(HOUR_MS);
    await settled();
    expect([done, errors, platform.pending.length]).toEqual([['initialize', 'rotate'], [], 0]);
  });

  it('works once a round after a reign that was lost and won during a step', async () => {
    let release = () => {};
    instead.set('initialize', () => new Promise((resolve) => (release = resolve)));
    await keeper.start();
    await keeper.stop();
    await keeper.start();
    await settled();
    release();
    await settled();
    // The step of the former reign was the first; nothing follows it.
    expect(done).toEqual(['initialize', ...round]);
    expect(platform.pending.length).toBe(1);
    platform.advance(HOUR_MS);
    await settled();
    expect(done).toEqual(['initialize', ...round, ...round]);
    await keeper.stop();
    expect(platform.pending.length).toBe(0);
  });
});
