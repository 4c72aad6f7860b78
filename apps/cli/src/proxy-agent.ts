import { MeshError } from '@mesh/base';
import type { AgentAnswer, AgentHttp } from '@mesh/proxy';
import type { AgentApi } from './agent-api/agent-api.ts';

/** Longest that an agent may take to answer besides what a query waits, milliseconds. */
const ANSWER_MS = 30_000;

/** The agent as a proxy asks it. */
export function proxyAgent(api: AgentApi): AgentHttp {
  return {
    async ask(method, path, { body, signal, waitMs = 0 } = {}): Promise<AgentAnswer> {
      const [plain, search] = path.split('?') as [string, string?];
      const query = Object.fromEntries(new URLSearchParams(search ?? ''));
      const deadline = AbortSignal.timeout(waitMs + ANSWER_MS);
      try {
        const answer = await api.call(method, plain, {
          query,
          signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const { status, headers } = answer;
        return { status, headers: Object.fromEntries(headers), text: answer.body.toString('utf8') };
      } catch (cause) {
        throw new MeshError('unavailable', (cause as Error).message, { cause });
      }
    },
  };
}
