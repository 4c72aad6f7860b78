/**
 * Three servers under steady load while the leader is killed with -9, time after time, and restarted.
 * MESH_FAULTS_KILLS and MESH_FAULTS_MULTIPLIER make it longer (tools/faults).
 */
import {
  describeTimes,
  faultSetting,
  KvLoad,
  reportFaults,
  ServerCluster,
  seededRandom,
} from '@mesh/testkit';
import { expectAcknowledged } from './acknowledged.ts';
import { expectLinearizable } from './linearizable.ts';

const KILLS = faultSetting('KILLS', 5);
const MULTIPLIER = faultSetting('MULTIPLIER', 1);
const SEED = faultSetting('SEED', 20261123);
/** Nobody may wait longer for writes than three elections in a row that end in a split vote. */
const LONGEST_GAP_MS = 10_000 * MULTIPLIER;

describe('failover', () => {
  let cluster: ServerCluster;
  beforeAll(async () => {
    cluster = await ServerCluster.start({ raftMultiplier: MULTIPLIER });
  });
  afterAll(() => cluster?.stop());

  it(
    'the leader is killed and restarted under load; nothing acknowledged is lost',
    async () => {
      const random = seededRandom(SEED);
      const targets = cluster.servers.map((server) => server.target);
      const load = new KvLoad({ targets, random }).start();
      const gapsMs: number[] = [];
      try {
        await load.moreAcks(100);
        for (let kill = 0; kill < KILLS; kill++) {
          gapsMs.push(await killLeader(load, random() < 0.3));
          if (gapsMs.at(-1)! > LONGEST_GAP_MS)
            throw new Error(`${gapsMs.at(-1)} ms without writes`);
          load.nextPhase();
          await load.moreAcks(100);
        }
      } catch (error) {
        throw new Error(`${String(error)}\n${load.describeFailures()}\n${cluster.logs()}`);
      } finally {
        await load.stop();
      }
      const { index } = await cluster.converged();
      const lost = await expectAcknowledged(load.acknowledged, cluster.servers);
      const checked = expectLinearizable(load.history);
      reportFaults(
        `leader kill -9 x${KILLS}, raft_multiplier ${MULTIPLIER}: time without writes ` +
          `${describeTimes(gapsMs)}; ${lost} of ${load.acknowledged.size} acknowledged writes lost; ` +
          `${checked} operations linearizable; index ${index} on all servers`,
      );
    },
    60_000 + KILLS * 30_000 * MULTIPLIER,
  );

  it('a leader that was paused and wakes up answers nothing from the past', async () => {
    const targets = cluster.servers.map((server) => server.target);
    const load = new KvLoad({ targets, random: seededRandom(SEED) }).start();
    try {
      await load.moreAcks(100);
      const leader = await cluster.leader();
      leader.signal('SIGSTOP');
      await load.moreAcks(100, LONGEST_GAP_MS * 2);
      // These wait in its sockets: it meets them before it hears from anybody else.
      load.addContenders(8, leader.target);
      await load.moreAcks(100);
      leader.signal('SIGCONT');
      await load.moreAcks(100);
      await leader.waitUntilReadable();
    } catch (error) {
      throw new Error(`${String(error)}\n${load.describeFailures()}\n${cluster.logs()}`);
    } finally {
      await load.stop();
    }
    await cluster.converged();
    await expectAcknowledged(load.acknowledged, cluster.servers);
    expect(expectLinearizable(load.history)).toBeGreaterThan(100);
  });

  /** One round; resolves with the longest time without an acknowledged write in it. */
  async function killLeader(load: KvLoad, restartAtOnce: boolean): Promise<number> {
    await cluster.waitForVoters(3);
    const leader = await cluster.leader();
    const killedAtMs = performance.now();
    await leader.kill();
    // Either it comes back when another leads, or while the election is on.
    if (!restartAtOnce) await load.moreAcks(20, LONGEST_GAP_MS * 2);
    leader.spawn();
    await leader.waitUntilReadable();
    await load.moreAcks(20);
    return load.longestGap(killedAtMs, performance.now()).lengthMs;
  }
});
