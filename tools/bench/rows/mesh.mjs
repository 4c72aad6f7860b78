/** The sidecar proxy against direct TCP and against haproxy with mTLS on both sides. */
import { join } from 'node:path';
import { capture, median, requireTool, sleep } from '../measure.mjs';
import { startMesh } from '../mesh.mjs';

const load = join(import.meta.dirname, '..', 'mesh-load.mjs');

/** What is measured: name, unit, how, and the ratio to haproxy that is wanted. */
const MEASURES = [
  ...[1, 8].map((connections) => ({
    name: `mesh throughput, ${connections} connection${connections > 1 ? 's' : ''}`,
    unit: 'MB/s',
    run: (side, seconds) => throughput(side, connections, seconds),
    target: 1,
  })),
  ...[1, 8].map((clients) => ({
    name: `mesh new connections, ${clients} client${clients > 1 ? 's' : ''}`,
    unit: 'per s',
    run: ({ echo }, seconds) => number([load, 'connections', echo, clients, seconds]),
    target: 1.5,
  })),
  {
    name: 'mesh 64 bytes there and back, p50',
    unit: 'us',
    run: ({ echo }, seconds) => number([load, 'ping', echo, seconds]),
    most: 1.5,
  },
];

/** Rows of all of them; each side has its turn in each round. */
export async function meshRows({ rounds, folder, meshSeconds: seconds = 4 }) {
  for (const tool of ['haproxy', 'iperf3']) requireTool(tool);
  const mesh = await startMesh(folder);
  try {
    const rows = [];
    for (const measure of MEASURES) rows.push(...(await rowsOf(measure)));
    return rows;
  } finally {
    await mesh.stop();
  }

  async function rowsOf({ name, unit, run, ...wanted }) {
    const taken = { direct: [], haproxy: [], mesh: [] };
    const cpu = { haproxy: [], mesh: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [key, values] of Object.entries(taken)) {
        const side = mesh.sides[key];
        const before = side.cpu();
        const value = await run(side, seconds);
        values.push(value);
        cpu[key]?.push((side.cpu() - before) / (value * seconds));
      }
    }
    const ratio = (yardstick) =>
      median(taken.mesh.map((value, round) => value / taken[yardstick][round]));
    const ours = median(taken.mesh);
    const against = (key, yardstick) => ({
      ...{ name, unit, ours, theirs: median(taken[key]), yardstick, ratio: ratio(key) },
    });
    const rows = [{ ...against('haproxy', 'haproxy'), ...wanted }, against('direct', 'direct TCP')];
    if (unit === 'us') return rows;
    const [scale, per] = unit === 'MB/s' ? [1000, 's/GB'] : [1e6, 'us each'];
    const used = Object.fromEntries(
      Object.entries(cpu).map(([key, values]) => [key, median(values) * scale]),
    );
    return [
      ...rows,
      {
        ...{ name: `${name}: CPU of both proxies`, unit: per, yardstick: 'haproxy' },
        ...{ ours: used.mesh, theirs: used.haproxy, ratio: used.mesh / used.haproxy },
      },
    ];
  }
}

/** MB (10^6 bytes) a second from the client to the service. */
async function throughput({ sink }, connections, seconds) {
  const args = ['-c', '127.0.0.1', '-p', String(sink), '-P', String(connections)];
  let failure;
  // The server is busy for a moment after each test.
  for (let tries = 0; tries < 20; tries++) {
    const output = await capture('iperf3', [...args, '-t', String(seconds), '-J']).catch(
      (error) => {
        failure = error;
      },
    );
    const sum = output && JSON.parse(output).end.sum_received;
    if (sum) return sum.bits_per_second / 8e6;
    await sleep(250);
  }
  throw failure ?? new Error('iperf3 does not come through');
}

async function number(args) {
  return Number(await capture(process.execPath, args.map(String)));
}
