/** Random histories of the replicated state, over all resources. */
import fc from 'fast-check';

/** Id of the nth session, as test servers draw them. */
export function sessionId(nth: number): string {
  return `abcdef00-0000-4000-8000-${String(nth).padStart(12, '0')}`;
}

/** A request of the HTTP API. */
export type Request = readonly [method: string, path: string, body?: unknown];
/** What may happen next in a history. */
export type Step =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'reap' }
  | { readonly kind: 'coordinate'; readonly node: string };

const node = fc.constantFrom('n1', 'N1', 'n2', 'n3');
const key = fc.constantFrom('a', 'a/b', 'a/c', 'b', 'é/\u{1f600}', 'é/\uffee');
const session = fc.nat({ max: 4 }).map(sessionId);
const check = fc.record({
  CheckID: fc.constantFrom('serfHealth', 'c1'),
  Status: fc.constantFrom('passing', 'passing', 'warning', 'critical'),
  ServiceID: fc.constantFrom('', 'web'),
});
const service = fc.record({
  ID: fc.constantFrom('web', 'web2'),
  Service: fc.constantFrom('web', 'Web', 'db'),
  Tags: fc.subarray(['x', 'y']),
  Meta: fc.constantFrom(undefined, { z: '1', a: '2' }),
  Weights: fc.constantFrom(undefined, { Passing: 3, Warning: 1 }),
});
const catalog = [
  fc
    .record({
      Node: node,
      Address: fc.constantFrom('10.0.0.1', '10.0.0.2'),
      NodeMeta: fc.constantFrom(undefined, { k: 'v' }),
      ID: fc.constantFrom('', '11111111-1111-4111-8111-111111111111'),
      Service: fc.option(service),
      Checks: fc.array(check, { maxLength: 2 }),
    })
    .map((body): Request => ['PUT', '/v1/catalog/register', body]),
  fc
    .record({
      Node: node,
      ServiceID: fc.constantFrom('', '', 'web'),
      CheckID: fc.constantFrom('', 'c1'),
    })
    .map((body): Request => ['PUT', '/v1/catalog/deregister', body]),
];
const sessions = [
  fc
    .record({
      Node: node,
      Behavior: fc.constantFrom('release', 'delete'),
      LockDelay: fc.constantFrom('0s', '1ms', '15s'),
      NodeChecks: fc.subarray(['serfHealth', 'c1']),
      TTL: fc.constantFrom('', '10s'),
    })
    .map((body): Request => ['PUT', '/v1/session/create', body]),
  session.map((id): Request => ['PUT', `/v1/session/destroy/${id}`]),
];
const query = fc.oneof(
  fc.constantFrom('', 'flags=18446744073709551615', 'cas=0', 'cas=5'),
  session.map((id) => `acquire=${id}`),
  session.map((id) => `acquire=${id}`),
  session.map((id) => `release=${id}`),
);
const kv = [
  fc
    .tuple(key, query, fc.constantFrom('', 'v', '\u00ff'))
    .map(([name, q, body]): Request => ['PUT', `/v1/kv/${encodeURIComponent(name)}?${q}`, body]),
  fc
    .tuple(key, fc.constantFrom('', 'recurse', 'cas=4'))
    .map(([name, q]): Request => ['DELETE', `/v1/kv/${encodeURIComponent(name)}?${q}`]),
];
const queries = [
  fc
    .record({
      Name: fc.constantFrom('', 'q', 'Q2'),
      Session: fc.oneof(fc.constant(''), session),
      Service: fc.constant({ Service: 'web', Tags: ['x'] }),
    })
    .map((body): Request => ['POST', '/v1/query', body]),
  session.map((id): Request => ['DELETE', `/v1/query/${id}`]),
];
const named = fc.record({
  SourceName: fc.constantFrom('web', 'db', '*'),
  DestinationName: fc.constantFrom('web', 'db', '*'),
  Action: fc.constantFrom('allow', 'deny'),
  Meta: fc.constantFrom(undefined, { z: '1', a: '2' }),
});
const intentions = fc.oneof(
  named.map((body): Request => ['POST', '/v1/connect/intentions', body]),
  fc.tuple(named, fc.constantFrom('PUT', 'DELETE')).map(([body, method]): Request => {
    const { SourceName, DestinationName, ...rest } = body;
    const pair = `source=${SourceName}&destination=${DestinationName}`;
    return [method, `/v1/connect/intentions/exact?${pair}`, method === 'PUT' ? rest : ''];
  }),
);
const configEntries = fc.oneof(
  fc
    .record({
      Kind: fc.constantFrom('service-defaults', 'service-resolver', 'service-splitter'),
      Name: fc.constantFrom('web', 'db'),
      Protocol: fc.constantFrom('', 'tcp', 'http'),
      Splits: fc.constant([{ Weight: 100, Service: 'db' }]),
      cas: fc.constantFrom('', '?cas=0', '?cas=9'),
    })
    .map(({ Kind, Name, Protocol, Splits, cas }): Request => {
      const own = { 'service-defaults': { Protocol }, 'service-splitter': { Splits } };
      return ['PUT', `/v1/config${cas}`, { Kind, Name, ...own[Kind as keyof typeof own] }];
    }),
  fc
    .constantFrom('service-defaults/web', 'service-defaults/db', 'service-splitter/web')
    .map((name): Request => ['DELETE', `/v1/config/${name}`]),
);
const operator = fc
  .record({ cas: fc.constantFrom('', '?cas=4', '?cas=9'), MinQuorum: fc.nat({ max: 3 }) })
  .map(
    ({ cas, MinQuorum }): Request => [
      'PUT',
      `/v1/operator/autopilot/configuration${cas}`,
      { MinQuorum, LastContactThreshold: '200ms' },
    ],
  );
const verb = fc.constantFrom('set', 'cas', 'delete', 'delete-cas', 'get');
const kvVerb = fc.constantFrom('set', 'lock', 'unlock', 'delete-tree', 'check-not-exists', 'get');
const txn = fc
  .array(
    fc.oneof(
      fc.record({
        KV: fc.record({ Verb: kvVerb, Key: key, Value: fc.constant('QQ=='), Session: session }),
      }),
      fc.record({
        Node: fc.record({
          Verb: verb,
          Node: fc.record({ Node: node, Meta: fc.constantFrom(undefined, { b: '1', a: '2' }) }),
        }),
      }),
      fc.record({ Service: fc.record({ Verb: verb, Node: node, Service: service }) }),
      fc.tuple(node, verb, check).map(([Node, Verb, body]) => ({
        Check: { Verb, Check: { ...body, Node } },
      })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((body): Request => ['PUT', '/v1/txn', body]);
/** Requests that write. */
export const write: fc.Arbitrary<Request> = fc.oneof(
  ...catalog,
  ...catalog,
  ...sessions,
  ...kv,
  ...kv,
  ...queries,
  operator,
  txn,
  intentions,
  configEntries,
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: write.map((request) => ({ kind: 'request' as const, request })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 20_000).map((ms) => ({ kind: 'wait' as const, ms })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reap' as const }) },
  { weight: 1, arbitrary: node.map((name) => ({ kind: 'coordinate' as const, node: name })) },
);

/** Histories of the replicated state that meet every table. */
export const histories = fc.array(step, { minLength: 5, maxLength: 60, size: 'max' });
