/** Exchanges recorded from the original, replayed in order against a fresh agent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess } from '@mesh/testkit';
import {
  type Answer,
  at,
  type Exchange,
  type Json,
  judge,
  send,
  type Variables,
} from './exchange.ts';

const exchanges: readonly Exchange[] = JSON.parse(
  readFileSync(join(__dirname, 'testdata', 'http-dev.json'), 'utf8'),
);

/** Where Mesh differs on purpose; docs/differences.md says why. */
const ON_PURPOSE = new Set<string>([]);

describe('recorded HTTP exchanges', () => {
  let agent: AgentProcess;
  const variables: Variables = new Map();
  beforeAll(async () => {
    agent = await AgentProcess.start();
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

  it.each(exchanges.map((exchange) => [exchange.name, exchange] as const))(
    '%s',
    async (name, exchange) => {
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
      if (!ON_PURPOSE.has(name)) expect(wrong).toEqual([]);
    },
  );
});
