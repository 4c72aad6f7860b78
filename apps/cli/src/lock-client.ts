import { KvClient } from '@mesh/kv-client';
import type { AgentApi } from './agent-api/agent-api.ts';

/** The lock client on the command line's own connection: its address, token, TLS and datacenter. */
export function openKvClient(api: AgentApi): KvClient {
  return new KvClient({
    address: 'http://agent',
    WebSocket: null,
    fetch: async (url, { method, headers, body, signal }) => {
      const { pathname, search } = new URL(url);
      // Locks read consistently: -stale is not for them.
      const query = { ...Object.fromEntries(new URLSearchParams(search)), stale: undefined };
      const answer = await api.call(method, pathname, {
        headers,
        query,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      return {
        status: answer.status,
        headers: { get: (name) => answer.headers.get(name.toLowerCase()) ?? null },
        text: async () => answer.body.toString('utf8'),
      };
    },
  });
}
