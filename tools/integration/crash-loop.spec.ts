/**
 * One durable server, killed with -9 at random points under load, also while it starts.
 * MESH_FAULTS_CRASHES makes it longer (tools/faults).
 */
import {
  describeTimes,
  faultSetting,
  KvLoad,
  reportFaults,
  ServerCluster,
  type ServerProcess,
  seededRandom,
} from '@mesh/testkit';
import { expectAcknowledged } from './acknowledged.ts';
import { expectLinearizable } from './linearizable.ts';

const CRASHES = faultSetting('CRASHES', 15);
/** A start that takes longer is worth a look at its log. */
const SLOW_START_MS = 5000;
const SEED = faultSetting('SEED', 20261123);

describe('crash loop', () => {
  let cluster: ServerCluster;
  let server: ServerProcess;
  beforeAll(async () => {
    // Small numbers, so that crashes hit snapshots and compaction as well.
    const config = {
      raft_snapshot_threshold: 200,
      raft_snapshot_interval: '200ms',
      raft_trailing_logs: 50,
    };
    cluster = await ServerCluster.start({ size: 1, config });
    server = cluster.servers[0]!;
  });
  afterAll(() => cluster?.stop());

  it(
    'starts every time with everything that was acknowledged',
    async () => {
      const random = seededRandom(SEED);
      const startsMs: number[] = [];
      const load = new KvLoad({ targets: [server.target], appenders: 6, pauseMs: 0, random });
      load.start();
      try {
        for (let crash = 0; crash < CRASHES; crash++) {
          await load.moreAcks(1 + Math.floor(random() * 200));
          await server.kill();
          // Now and then a second crash meets it half started.
          if (random() < 0.25) await crashWhileStarting(random() * 600);
          startsMs.push(await start());
          load.nextPhase();
        }
      } catch (error) {
        throw new Error(`${String(error)}\n${load.describeFailures()}\n${cluster.logs()}`);
      } finally {
        await load.stop();
      }
      const lost = await expectAcknowledged(load.acknowledged, [server]);
      const checked = expectLinearizable(load.history);
      reportFaults(
        `one server kill -9 x${CRASHES}: started every time, exec to readable ` +
          `${describeTimes(startsMs)}; ${lost} of ${load.acknowledged.size} acknowledged writes lost; ` +
          `${checked} operations linearizable`,
      );
    },
    60_000 + CRASHES * 15_000,
  );

  /** Resolves with the time from exec to readable. */
  async function start(): Promise<number> {
    const logged = server.log().length;
    const spawnedAtMs = performance.now();
    server.spawn();
    await server.waitUntilReadable();
    const tookMs = performance.now() - spawnedAtMs;
    if (tookMs > SLOW_START_MS)
      process.stderr.write(`slow start:\n${server.log().slice(logged)}\n`);
    return tookMs;
  }

  async function crashWhileStarting(afterMs: number): Promise<void> {
    server.spawn();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    server.assertRunning();
    await server.kill();
  }
});
