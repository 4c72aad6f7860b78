/** The processes under measurement: an agent and the yardsticks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../workspace.mjs';
import { sleep } from './measure.mjs';

export const launcher = join(root, 'tools', 'bin', 'consul');

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts `consul agent -dev` at the given log level, on fresh ports; resolves once it has a leader. */
export async function startAgent({ logLevel = 'WARN', hcl = '' } = {}) {
  const ports = [];
  for (const name of ['http', 'dns', 'server', 'serf_lan', 'serf_wan']) {
    ports.push([name, await freePort()]);
  }
  const portsHcl = ports.map(([name, port]) => `${name} = ${port}`).join(' ');
  const startedAt = performance.now();
  const child = spawn(
    launcher,
    [
      ...['agent', '-dev', '-node=bench', `-log-level=${logLevel}`],
      ...[
        '-hcl',
        `ports { ${portsHcl} grpc = -1 } limits { http_max_conns_per_client = 20000 } ${hcl}`,
      ],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const { http, dns } = Object.fromEntries(ports);
  const agent = { pid: child.pid, http, dns, base: `http://127.0.0.1:${http}`, readyMs: 0 };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the agent exited with ${child.exitCode}`);
    const leader = await fetch(`${agent.base}/v1/status/leader`).then(
      (answer) => answer.text(),
      () => '',
    );
    if (leader.length > 2) break;
    await sleep(5);
  }
  agent.readyMs = performance.now() - startedAt;
  agent.stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  return agent;
}

/** Starts a yardstick process; it prints its port once it listens. */
export async function startYardstick(kind, ...args) {
  const child = spawn(process.execPath, [join(root, 'tools/bench/yardstick.mjs'), kind, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = await once(child.stdout, 'data');
  return {
    port: Number(String(chunk)),
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** PUTs JSON or text; throws unless 200. */
export async function put(base, path, body) {
  const answer = await fetch(base + path, {
    method: 'PUT',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
}
