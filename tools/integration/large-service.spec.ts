/** A service with a thousand instances, over DNS and HTTP. */
import { AgentProcess, requireTool } from '@mesh/testkit';

const INSTANCES = 1000;

describe('a service with 1,000 instances', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    agent = await AgentProcess.start({
      hcl: 'dns_config { enable_truncate = true }',
      args: ['-log-level=WARN'],
    });
    for (let at = 0; at < INSTANCES; at += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, offset) => {
          const id = at + offset;
          return agent.http('PUT', '/v1/catalog/register', {
            Node: `n${id}`,
            Address: `10.${1 + (id >> 8)}.${id & 255}.7`,
            Service: { ID: `big-${id}`, Service: 'big', Port: 80 },
          });
        }),
      );
    }
  });
  afterAll(() => agent.stop());

  const addresses = (answer: string) => new Set(answer.match(/\b10\.\d+\.\d+\.7\b/g));

  it('is complete over TCP', async () => {
    if (!requireTool('dig')) return;
    const answer = await agent.dig('+tcp', 'big.service.consul');
    expect(addresses(answer).size).toBe(INSTANCES);
    expect(answer).not.toMatch(/flags:[^;]*\btc\b/);
  });

  it.each([
    ['plain', ['+noedns']],
    ['EDNS 1232', ['+bufsize=1232']],
    ['EDNS 4096', ['+bufsize=4096']],
  ])('is truncated over UDP with TC set: %s', async (_, args) => {
    if (!requireTool('dig')) return;
    const answer = await agent.dig('+ignore', ...args, 'big.service.consul');
    expect(answer).toMatch(/flags:[^;]*\btc\b/);
    expect(answer).toContain('status: NOERROR');
    expect(addresses(answer).size).toBeGreaterThan(0);
    expect(addresses(answer).size).toBeLessThan(INSTANCES);
    const limit = args[0] === '+noedns' ? 512 : Number(args[0]!.split('=')[1]);
    expect(Number(/MSG SIZE\s+rcvd: (\d+)/.exec(answer)![1])).toBeLessThanOrEqual(limit);
  });

  it('SRV over TCP carries every instance', async () => {
    if (!requireTool('dig')) return;
    const answer = await agent.dig('+tcp', 'big.service.consul', 'SRV');
    expect(answer.match(/\sSRV\s+1 1 80 /g)).toHaveLength(INSTANCES);
  });

  it('is complete over HTTP', async () => {
    const rows = (await agent.http('GET', '/v1/health/service/big?passing')).json<object[]>();
    expect(rows).toHaveLength(INSTANCES);
  });
});
