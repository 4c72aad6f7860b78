/** Exchanges recorded from the original, replayed in order against a fresh agent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess, until } from '@mesh/testkit';
import {
  type Answer,
  at,
  type Exchange,
  type Json,
  judge,
  send,
  type Variables,
} from './exchange.ts';

/** How the recorded agents were started. */
const SUITES = {
  dev: '',
  acl:
    'acl { enabled = true default_policy = "deny" enable_token_persistence = true ' +
    'tokens { agent_master = "aaaaaaaa-0000-0000-0000-000000000001" } }',
} as const;

function read(suite: keyof typeof SUITES): string {
  return readFileSync(join(__dirname, 'testdata', `http-${suite}.json`), 'utf8');
}

/** The recordings with the ports of this agent in the place of the usual ones. */
function withPorts(recordings: string, agent: AgentProcess): ReadonlyMap<string, Exchange> {
  const text = recordings
    .replaceAll('127.0.0.1:8500', `127.0.0.1:${agent.httpPort}`)
    .replaceAll('127.0.0.1:8300', `127.0.0.1:${agent.serverPort}`)
    .replaceAll(':8300,', `:${agent.serverPort},`)
    .replaceAll(':8301,', `:${agent.serfLanPort},`)
    .replaceAll(':8302,', `:${agent.serfWanPort},`);
  const exchanges = JSON.parse(text) as readonly Exchange[];
  return new Map(exchanges.map((exchange) => [exchange.name, exchange]));
}

describe.each(['dev', 'acl'] as const)('recorded HTTP exchanges: %s', (suite) => {
  const recordings = read(suite);
  const names = (JSON.parse(recordings) as readonly Exchange[]).map(({ name }) => name);
  let agent: AgentProcess;
  let exchanges: ReadonlyMap<string, Exchange>;
  const variables: Variables = new Map();
  beforeAll(async () => {
    const hcl = SUITES[suite];
    agent = await AgentProcess.start({ hcl, waitForLeader: suite === 'dev' });
    await until('a leader', async () => {
      const { text } = await agent.http('GET', '/v1/status/leader');
      return text.length > 2;
    });
    exchanges = withPorts(recordings, agent);
    variables.set('node', 'test');
  });
  afterAll(() => agent.stop());

  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  async function perform(exchange: Exchange): Promise<Answer> {
    const others = (exchange.during ?? []).map(async ({ after_ms, request }) => {
      await sleep(after_ms);
      await send(agent.httpPort, request, variables);
    });
    const answer = await send(agent.httpPort, exchange.request, variables);
    await Promise.all(others);
    return answer;
  }

  function remember({ save }: Exchange, answer: Answer): void {
    for (const [name, where] of Object.entries(save ?? {})) {
      const isHeader = where.startsWith('header:');
      const value = isHeader ? answer.headers[where.slice(7).toLowerCase()] : bodyAt(answer, where);
      if (value !== undefined && value !== null) variables.set(name, String(value));
    }
  }

  function bodyAt({ text }: Answer, path: string): Json | undefined {
    try {
      return at(JSON.parse(text), path);
    } catch {
      return undefined;
    }
  }

  it.each(names)('%s', async (name) => {
    const exchange = exchanges.get(name)!;
    await sleep(exchange.pause_ms ?? 0);
    const deadline = performance.now() + (exchange.eventually_ms ?? 0);
    let answer = await perform(exchange);
    let wrong = judge(exchange, answer);
    while (wrong.length > 0 && performance.now() < deadline) {
      await sleep(100);
      answer = await perform(exchange);
      wrong = judge(exchange, answer);
    }
    remember(exchange, answer);
    expect(wrong).toEqual([]);
  });
});
