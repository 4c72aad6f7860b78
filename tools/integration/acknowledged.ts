import type { ServerProcess } from '@mesh/testkit';

/**
 * Fails unless every server holds every acknowledged write, by its own state. Returns the number of lost
 * ones, 0, for reports.
 */
export async function expectAcknowledged(
  acknowledged: ReadonlyMap<string, string>,
  servers: readonly ServerProcess[],
): Promise<number> {
  for (const server of servers) {
    const held = await pairsOf(server, 'own/');
    const lost = [...acknowledged].filter(([key, value]) => held.get(key) !== value);
    expect({ server: server.name, lost: lost.slice(0, 10), count: lost.length }).toEqual({
      server: server.name,
      lost: [],
      count: 0,
    });
  }
  return 0;
}

/** All pairs under a prefix by one server's own state. */
export async function pairsOf(
  server: ServerProcess,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  const answer = await server.http('GET', `/v1/kv/${prefix}?recurse&stale`);
  if (answer.status === 404) return new Map();
  const pairs = answer.json<{ Key: string; Value: string | null }[]>();
  return new Map(
    pairs.map(({ Key, Value }) => [Key, Buffer.from(Value ?? '', 'base64').toString()]),
  );
}
