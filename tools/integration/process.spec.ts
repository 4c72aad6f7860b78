/** The agent as a process among others: its output's reader may go away, signals end it as documented. */
import { spawn } from 'node:child_process';
import { AgentProcess, freePorts, LAUNCHER, until } from '@mesh/testkit';

describe('the agent process', () => {
  it('goes on serving when the reader of its output goes away', async () => {
    const [http, dns, server, lan, wan] = await freePorts(5);
    const ports =
      `ports { http = ${http} dns = ${dns} server = ${server} ` +
      `serf_lan = ${lan} serf_wan = ${wan} }`;
    const agent = spawn(LAUNCHER, ['agent', '-dev', '-node=test', '-hcl', ports], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await new Promise((resolve) => agent.stdout.once('data', resolve));
      agent.stdout.destroy();
      const leader = async () => (await fetch(`http://127.0.0.1:${http}/v1/status/leader`)).text();
      await until('the leader', async () => (await leader()).length > 4);
      // Each request is a log line that nobody reads.
      for (let at = 0; at < 200; at++) expect(await leader()).toContain('127.0.0.1');
      expect(agent.exitCode).toBeNull();
    } finally {
      agent.kill('SIGKILL');
    }
  });

  it.each([
    ['SIGINT', 1],
    ['SIGTERM', 1],
  ] as const)('%s ends a server without a leave, exit code %i', async (signal, code) => {
    const agent = await AgentProcess.start();
    try {
      agent.signal(signal);
      expect(await agent.waitForExit()).toBe(code);
      expect(agent.log()).toContain(`Exit code: code=${code}`);
    } finally {
      await agent.stop();
    }
  });

  it('a reload that fails keeps the running configuration', async () => {
    const agent = await AgentProcess.start({
      args: ['-config-dir=./conf'],
      files: { 'conf/web.json': { service: { name: 'web', port: 80 } } },
    });
    try {
      agent.write('conf/web.json', '{"service": {');
      const { code, stderr } = await agent.cli(['reload']);
      expect(code).toBe(1);
      expect(stderr).toContain('web.json');
      const services = (await agent.http('GET', '/v1/agent/services')).json<object>();
      expect(Object.keys(services)).toEqual(['web']);
    } finally {
      await agent.stop();
    }
  });
});
