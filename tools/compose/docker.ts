/** The `docker` and compose commands of this machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, run } from '@mesh/testkit';

/** Rejects with what a command printed unless it ends with 0. */
export async function must(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const done = await run(command, args, { env });
  if (done.code !== 0) throw failure([command, ...args].join(' '), done);
  return done.stdout.trim();
}

function failure(what: string, { code, stdout, stderr }: Finished): Error {
  return new Error(`${what}: exit ${code}\n${`${stdout}\n${stderr}`.trim().slice(-3000)}`);
}

/** Words of compose v2, or of docker-compose 1.29 where that is all there is. */
export async function composeWords(): Promise<readonly string[]> {
  const v2 = await run('docker', ['compose', 'version']).catch(() => undefined);
  return v2?.code === 0 ? ['docker', 'compose'] : ['docker-compose'];
}

/**
 * The network of a container can be unplugged: its end on this machine leaves the bridge and comes
 * back to it. The container sees true silence, as with a broken switch. Needs root on the machine
 * that the engine runs on.
 */
export async function unplug(container: string): Promise<() => Promise<void>> {
  const link = await must('docker', ['exec', container, 'cat', '/sys/class/net/eth0/iflink']);
  const port = interfaceOf(link);
  const bridge = readFileSync(join('/sys/class/net', port, 'master/uevent'), 'utf8');
  const name = /^INTERFACE=(.*)$/m.exec(bridge)?.[1];
  if (!name) throw new Error(`${port} is on no bridge`);
  await must('ip', ['link', 'set', port, 'nomaster']);
  return async () => {
    await must('ip', ['link', 'set', port, 'master', name]);
  };
}

function interfaceOf(index: string): string {
  const all = readdirSync('/sys/class/net');
  const found = all.find(
    (name) => readFileSync(join('/sys/class/net', name, 'ifindex'), 'utf8').trim() === index,
  );
  if (!found) throw new Error(`no interface ${index} here: the engine runs on another machine`);
  return found;
}

/** First three bytes of a /24 that no interface of this machine has. */
export async function freeSubnet(): Promise<string> {
  const taken = await must('ip', ['-4', 'route']);
  for (let tried = 0; tried < 200; tried++) {
    const subnet = `172.29.${20 + ((process.pid + tried) % 200)}`;
    if (!taken.includes(`${subnet}.`)) return subnet;
  }
  throw new Error('no free subnet of 172.29.0.0/16');
}
