/** Two services joined in three ways: directly, by our sidecars, by two haproxy that do the same mTLS. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSeconds, sleep } from './measure.mjs';
import { freePort, launcher, put, startAgent } from './processes.mjs';

const load = join(import.meta.dirname, 'mesh-load.mjs');

/** Starts all of it. Each side has the ports of `echo` and `sink` (iperf3), and the CPU seconds of its processes. */
export async function startMesh(folder) {
  const agent = await startAgent();
  const children = [];
  const run = (command, args, options = {}) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
    children.push(child);
    return child;
  };
  const echo = run(process.execPath, [load, 'echo'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const direct = { sink: await freePort(), cpu: () => 0 };
  direct.echo = Number(String((await once(echo.stdout, 'data'))[0]));
  run('iperf3', ['-s', '-B', '127.0.0.1', '-p', String(direct.sink)]);
  const mesh = await startSidecars(agent, direct, run);
  const haproxy = await startHaproxy(agent, direct, run, join(folder, 'haproxy'));
  const sides = { direct, mesh, haproxy };
  for (const side of Object.values(sides)) {
    // iperf3 takes a probe for a test: who measures waits for it.
    await connectable(side.echo);
  }
  return {
    sides,
    stop: async () => {
      for (const child of children) child.kill('SIGKILL');
      await agent.stop();
    },
  };
}

async function startSidecars(agent, direct, run) {
  const side = { echo: await freePort(), sink: await freePort() };
  const names = ['echo', 'sink'];
  for (const name of names) {
    await put(agent.base, '/v1/agent/service/register', {
      ...{ Name: name, Port: direct[name] },
      Connect: { SidecarService: { Port: await freePort(), Checks: [] } },
    });
  }
  const Upstreams = names.map((name) => ({ DestinationName: name, LocalBindPort: side[name] }));
  await put(agent.base, '/v1/agent/service/register', {
    Name: 'web',
    Connect: { SidecarService: { Port: await freePort(), Proxy: { Upstreams }, Checks: [] } },
  });
  const sidecars = [...names, 'web'].map((name) =>
    run(launcher, [
      ...['connect', 'proxy', `-http-addr=127.0.0.1:${agent.http}`],
      ...[`-sidecar-for=${name}`, '-log-level=WARN'],
    ]),
  );
  const cpu = () => sidecars.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  return { ...side, cpu };
}

/** One process on each side, as many threads as there are cores; certificates are those of the mesh. */
async function startHaproxy(agent, direct, run, folder) {
  mkdirSync(folder, { recursive: true });
  const roots = await (await fetch(`${agent.base}/v1/connect/ca/roots?pem=true`)).text();
  writeFileSync(join(folder, 'roots.pem'), roots);
  for (const name of ['web', 'echo']) {
    const leaf = await (await fetch(`${agent.base}/v1/agent/connect/ca/leaf/${name}`)).json();
    const pem = leaf.CertPEM + leaf.PrivateKeyPEM;
    writeFileSync(join(folder, `${name}.pem`), pem, { mode: 0o600 });
  }
  const ca = `ca-file ${join(folder, 'roots.pem')} verify required`;
  const crt = (name) => `ssl crt ${join(folder, `${name}.pem`)} ${ca}`;
  const side = { echo: await freePort(), sink: await freePort() };
  const inner = { echo: await freePort(), sink: await freePort() };
  const parts = { server: [], client: [] };
  for (const name of ['echo', 'sink']) {
    parts.server.push(section(name, `${inner[name]} ${crt('echo')}`, `${direct[name]}`));
    parts.client.push(section(name, `${side[name]}`, `${inner[name]} ${crt('web')}`));
  }
  const processes = Object.entries(parts).map(([name, sections]) => {
    const file = join(folder, `${name}.cfg`);
    writeFileSync(file, `${HAPROXY_HEAD}${sections.join('')}`);
    return run('haproxy', ['-q', '-db', '-f', file]);
  });
  const cpu = () => processes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  return { ...side, cpu };
}

const HAPROXY_HEAD = `global
  maxconn 4096
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
`;

function section(name, bind, server) {
  return `listen ${name}
  bind 127.0.0.1:${bind}
  server ${name} 127.0.0.1:${server}
`;
}

/** Waits until a byte comes through: sidecars learn of instances a little after they listen. */
async function connectable(port) {
  const { connect } = await import('node:net');
  for (let tries = 0; tries < 200; tries++) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        // A proxy that reaches nobody resets at once.
        setTimeout(() => resolve(!socket.destroyed), 100);
      });
      socket.on('error', () => resolve(false));
      setTimeout(() => socket.destroy(), 150);
    });
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error(`nothing answers on port ${port}`);
}
