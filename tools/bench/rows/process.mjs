/** Rows about whole processes: start, idle cost, the CLI's wall time. */
import { spawnSync } from 'node:child_process';
import { alternate, cpuSeconds, median, residentBytes, sleep } from '../measure.mjs';
import { launcher, put, startAgent } from '../processes.mjs';

export async function startUp({ rounds }) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const agent = await startAgent();
    times.push(agent.readyMs);
    await agent.stop();
  }
  return { name: 'agent -dev from exec to leader', unit: 'ms', ours: median(times), limit: 1000 };
}

export async function idle({ seconds }) {
  const agent = await startAgent({ logLevel: 'DEBUG' });
  await sleep(5000);
  const before = cpuSeconds(agent.pid);
  await sleep(seconds * 1000);
  const percent = ((cpuSeconds(agent.pid) - before) / seconds) * 100;
  const rss = residentBytes(agent.pid) / 1024 / 1024;
  await agent.stop();
  return [
    { name: 'idle agent, CPU', unit: '% of a core', ours: percent, limit: 1 },
    { name: 'idle agent, resident memory', unit: 'MiB', ours: rss, limit: 80 },
  ];
}

function wallMs(command, args, env) {
  const startedAt = performance.now();
  const { status } = spawnSync(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}`);
  return performance.now() - startedAt;
}

export async function cliWallTime(agent, { rounds }) {
  await put(agent.base, '/v1/kv/bench/cli', 'value');
  const env = { CONSUL_HTTP_ADDR: `127.0.0.1:${agent.http}` };
  const result = await alternate(
    rounds * 8,
    async () => wallMs(launcher, ['kv', 'get', 'bench/cli'], env),
    async () => wallMs(process.execPath, ['-e', '0'], {}),
  );
  return {
    name: '`consul kv get`, wall',
    unit: 'ms',
    yardstick: '`node -e 0`',
    most: 1.6,
    ...result,
  };
}
