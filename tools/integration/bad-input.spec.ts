/** Bad configuration: each a one-line error on stderr that names file and key, exit code 1. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, LAUNCHER, run } from '@mesh/testkit';

describe('bad input to the agent', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-bad-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: string | object) =>
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  const agent = (...args: string[]) => run(LAUNCHER, ['agent', '-dev', ...args], { cwd: folder });

  async function refused(args: string[], ...named: string[]): Promise<void> {
    const { code, stderr, stdout } = await agent(...args);
    expect(code).toBe(1);
    expect(stdout).not.toContain('running!');
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(1);
    for (const name of named) expect(lines[0]).toContain(name);
  }

  it('unknown key', async () => {
    write('a.json', { nonsense: 1 });
    await refused(['-config-file=a.json'], 'a.json', 'nonsense');
  });

  it('unknown nested key', async () => {
    write('a.hcl', 'dns_config { node_tll = "3s" }');
    await refused(['-config-file=a.hcl'], 'a.hcl', 'dns_config.node_tll');
  });

  it('wrong type', async () => {
    write('a.json', { ports: { http: '8500' } });
    await refused(['-config-file=a.json'], 'a.json', 'ports.http');
  });

  it('two files defining one service id', async () => {
    mkdirSync(join(folder, 'conf'));
    write('conf/a.json', { service: { id: 'web', name: 'web' } });
    write('conf/b.json', { service: { id: 'web', name: 'other' } });
    await refused(['-config-dir=conf'], 'a.json', 'b.json', 'web');
  });

  it('invalid HCL', async () => {
    write('a.hcl', 'service {\n  name = \n}\n');
    await refused(['-config-file=a.hcl'], 'a.hcl');
  });

  it('invalid JSON', async () => {
    write('a.json', '{"service":{"name":');
    await refused(['-config-file=a.json'], 'a.json');
  });

  it('a folder that does not exist', async () => {
    await refused(['-config-dir=nowhere'], 'nowhere');
  });

  it('a folder that cannot be read', async () => {
    // Root reads everything: what stands for it there is a folder that is none.
    const unreadable = process.getuid?.() === 0 ? 'file.json/conf' : 'conf';
    if (unreadable === 'conf') {
      mkdirSync(join(folder, 'conf'));
      chmodSync(join(folder, 'conf'), 0o000);
    } else {
      write('file.json', {});
    }
    await refused([`-config-dir=${unreadable}`], unreadable);
  });

  describe('a port in use', () => {
    let holder: Server;
    let port: number;
    beforeEach(async () => {
      [port] = (await freePorts(1)) as [number];
      holder = createServer();
      await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    });
    afterEach(() => new Promise((resolve) => holder.close(resolve)));

    it('ends the agent, naming the address', async () => {
      const others = await freePorts(4);
      const [dns, server, lan, wan] = others;
      const ports =
        `ports { http = ${port} dns = ${dns} server = ${server} ` +
        `serf_lan = ${lan} serf_wan = ${wan} grpc = -1 }`;
      const { code, stderr } = await agent('-hcl', ports);
      expect(code).toBe(1);
      expect(stderr).toContain(`127.0.0.1:${port}`);
      expect(stderr).toMatch(/address already in use/);
    });
  });
});
