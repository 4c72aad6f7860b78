import { ApiClient } from '../client.ts';
import type { ApiError } from '../errors.ts';
import { FakeFetch, indexed } from '../testing/fake-fetch.ts';
import { InstantPlatform } from '../testing/instant-platform.ts';

/** Items of a watch until it ends or there are enough. */
async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

function setUp(...script: ConstructorParameters<typeof FakeFetch>) {
  const fake = new FakeFetch(...script);
  const platform = new InstantPlatform();
  const client = new ApiClient({ fetch: fake.fetch, platform, WebSocket: null });
  return { fake, platform, client };
}

describe('watch by blocking queries', () => {
  it('yields at once and after each change', async () => {
    const { client, fake } = setUp(indexed(5, ['a']), indexed(5, ['a']), indexed(8, ['b']));
    const answers = await take(client.watch<string[]>('/v1/x', { waitMs: 60_000 }), 2);
    expect(answers.map(({ data, index }) => [data[0], index])).toEqual([
      ['a', 5],
      ['b', 8],
    ]);
    expect(fake.requests.map((_request, at) => fake.path(at))).toEqual([
      '/v1/x?index=0&wait=60000ms',
      '/v1/x?index=5&wait=60000ms',
      '/v1/x?index=5&wait=60000ms',
    ]);
  });

  it('begins after an index', async () => {
    const { client, fake } = setUp(indexed(7, 'old'), indexed(9, 'new'));
    const [answer] = await take(client.watch('/v1/x', { index: 7 }), 1);
    expect([answer!.data, fake.path(0)]).toEqual(['new', '/v1/x?index=7']);
  });

  it('an index that goes back starts anew, without telling the same twice', async () => {
    const { client, fake } = setUp(
      indexed(50, 'a'),
      indexed(3, 'b'),
      indexed(3, 'b'),
      indexed(4, 'c'),
    );
    const answers = await take(client.watch('/v1/x'), 3);
    expect(answers.map(({ data }) => data)).toEqual(['a', 'b', 'c']);
    expect(fake.path(2)).toBe('/v1/x?index=0');
    expect(fake.path(3)).toBe('/v1/x?index=3');
  });

  it('gets over failures, with growing pauses, and goes on where it was', async () => {
    const leaderless = { status: 500, body: 'No cluster leader' };
    const { client, fake, platform } = setUp(
      indexed(5, 'a'),
      leaderless,
      leaderless,
      indexed(6, 'b'),
    );
    const retries: [number, number][] = [];
    const onRetry = (error: ApiError, ms: number) => retries.push([error.status, ms]);
    const answers = await take(client.watch('/v1/x', { onRetry }), 2);
    expect(answers.map(({ data }) => data)).toEqual(['a', 'b']);
    expect(retries).toEqual([
      [500, 150],
      [500, 300],
    ]);
    expect(platform.slept).toEqual([150, 300]);
    expect(fake.path(3)).toBe('/v1/x?index=5');
  });

  it('throws what asking again cannot help', async () => {
    const { client } = setUp({ status: 403, body: 'Permission denied' });
    await expect(take(client.watch('/v1/x'), 1)).rejects.toMatchObject({ status: 403 });
  });

  it('throws when the answer has no index', async () => {
    const { client } = setUp({ body: '"127.0.0.1:8300"' });
    await expect(take(client.watch('/v1/status/leader'), 1)).rejects.toThrow('no index');
  });

  it('ends with its signal: while it waits, and before it begins', async () => {
    const { client } = setUp(indexed(5, 'a'), 'hang');
    const abort = new AbortController();
    const seen: unknown[] = [];
    for await (const { data } of client.watch('/v1/x', { signal: abort.signal })) {
      seen.push(data);
      setImmediate(() => abort.abort());
    }
    expect(seen).toEqual(['a']);
    expect(await take(client.watch('/v1/x', { signal: abort.signal }), 1)).toEqual([]);
  });

  it('keeps to the rate after a burst', async () => {
    const changes = Array.from({ length: 14 }, (_, at) => indexed(at + 1, at));
    const { client, platform } = setUp(...changes);
    await take(client.watch('/v1/x', { maxPerSecond: 2 }), 14);
    expect(platform.slept).toEqual([500, 500, 500]);
  });

  it('of a typed query', async () => {
    const { client } = setUp({ ...indexed(5, undefined), status: 404 });
    const [answer] = await take(client.kv.get('absent').watch(), 1);
    expect(answer).toMatchObject({ data: undefined, index: 5 });
  });
});
