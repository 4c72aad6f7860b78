/** Every verb, when it holds and when it fails. */
import type { KvPair } from '@mesh/api-contract';
import { callRoute, type DomainWorld, domainWorld } from '@mesh/testkit';

const SESSION = '00000000-0000-4000-8000-0000000000aa';
const GONE = '00000000-0000-4000-8000-00000000dead';

async function world(): Promise<DomainWorld & { at: Record<string, number> }> {
  const it = await domainWorld();
  const session = { Name: '', Node: 'vm', LockDelay: 1e9, Behavior: 'release', TTL: '' };
  const stands = { NodeChecks: [], ServiceChecks: null };
  for (const ID of [SESSION, GONE]) {
    it.rpc.apply({ type: 'session.create' }, { ID, ...session, ...stands });
  }
  await it.ask('PUT', `/v1/kv/barred?acquire=${GONE}`, 'v');
  await it.ask('PUT', `/v1/session/destroy/${GONE}`);
  await it.ask('PUT', '/v1/kv/k?flags=7', 'v');
  await it.ask('PUT', `/v1/kv/held?acquire=${SESSION}`, 'v');
  const service = { ID: 'web1', Service: 'web', Port: 80 };
  await it.ask('PUT', '/v1/txn', [{ Service: { Verb: 'set', Node: 'vm', Service: service } }]);
  const at: Record<string, number> = {};
  for (const { Key, ModifyIndex } of (await it.ask('GET', '/v1/kv/?recurse')) as KvPair[]) {
    at[Key] = ModifyIndex;
  }
  return { ...it, at };
}

async function outcomeOf({ routes }: DomainWorld, operation: object): Promise<unknown> {
  const reply = await callRoute(routes, 'PUT', '/v1/txn', [operation]);
  const { Results, Errors } = (
    reply as { value: { Results: unknown[] | null; Errors: { What: string }[] | null } }
  ).value;
  expect(reply.status).toBe(Errors ? 409 : 200);
  return Errors ? Errors.map(({ What }) => What).join() : Results;
}

/** `@key` stands for the ModifyIndex of that key. */
const kvCases: readonly (readonly [object, unknown])[] = [
  [{ Verb: 'set', Key: 'k', Value: 'QQ==' }, [{ KV: { Key: 'k', Value: null, Flags: 0 } }]],
  [{ Verb: 'set', Key: '' }, 'Must provide key'],
  [{ Verb: 'cas', Key: 'k', Index: '@k' }, [{ KV: { Key: 'k' } }]],
  [{ Verb: 'cas', Key: 'k', Index: 0 }, 'failed to set key "k", index is stale'],
  [{ Verb: 'cas', Key: 'new', Index: 0 }, [{ KV: { Key: 'new' } }]],
  [{ Verb: 'cas', Key: 'new', Index: 5 }, 'index is stale'],
  [{ Verb: 'lock', Key: 'k', Session: SESSION }, [{ KV: { Session: SESSION, LockIndex: 1 } }]],
  [{ Verb: 'lock', Key: 'held', Session: SESSION }, [{ KV: { LockIndex: 1 } }]],
  [{ Verb: 'lock', Key: 'held', Session: GONE }, `invalid session "${GONE}"`],
  [
    { Verb: 'lock', Key: 'barred', Session: SESSION },
    'failed to lock key "barred" due to lock delay',
  ],
  [{ Verb: 'lock', Key: 'k', Session: 'nope' }, 'UUID'],
  [{ Verb: 'lock', Key: 'k' }, 'missing session'],
  [{ Verb: 'unlock', Key: 'held', Session: SESSION }, [{ KV: { LockIndex: 1 } }]],
  [{ Verb: 'unlock', Key: 'k', Session: SESSION }, 'failed to unlock key "k"'],
  [{ Verb: 'unlock', Key: 'held', Session: GONE }, 'failed to unlock key "held"'],
  [{ Verb: 'unlock', Key: 'held' }, 'missing session'],
  [{ Verb: 'delete', Key: 'k' }, []],
  [{ Verb: 'delete', Key: 'none' }, []],
  [{ Verb: 'delete-cas', Key: 'k', Index: '@k' }, []],
  [{ Verb: 'delete-cas', Key: 'k', Index: 1 }, 'failed to delete key "k", index is stale'],
  [{ Verb: 'delete-cas', Key: 'none', Index: 1 }, []],
  [{ Verb: 'delete-tree', Key: '' }, []],
  [{ Verb: 'get', Key: 'k' }, [{ KV: { Key: 'k', Flags: 7, Value: new Uint8Array([118]) } }]],
  [{ Verb: 'get', Key: 'none' }, 'key "none" doesn\'t exist'],
  [{ Verb: 'get-tree', Key: 'h' }, [{ KV: { Key: 'held' } }]],
  [{ Verb: 'get-tree', Key: 'none' }, []],
  [{ Verb: 'check-index', Key: 'k', Index: '@k' }, [{ KV: { Key: 'k', Value: null } }]],
  [{ Verb: 'check-index', Key: 'k', Index: 1 }, 'failed index check for key "k"'],
  [{ Verb: 'check-index', Key: 'none', Index: 0 }, 'key does not exist'],
  [
    { Verb: 'check-session', Key: 'held', Session: SESSION.toUpperCase() },
    [{ KV: { Value: null } }],
  ],
  [{ Verb: 'check-session', Key: 'k', Session: SESSION }, 'failed session check for key "k"'],
  [{ Verb: 'check-session', Key: 'none', Session: '' }, 'key does not exist'],
  [{ Verb: 'check-not-exists', Key: 'none' }, []],
  [{ Verb: 'check-not-exists', Key: 'k' }, 'key "k" exists'],
  [{ Verb: 'SET', Key: 'k' }, 'unknown KV verb "SET"'],
  [{ Verb: 'get-or-empty', Key: 'k' }, 'unknown KV verb "get-or-empty"'],
];

/** The same alone, and where a write beside it takes the whole into the log. */
describe.each([
  ['alone', []],
  ['beside a write', [{ KV: { Verb: 'set', Key: 'beside', Value: '' } }]],
])('KV %s', (_how, beside) => {
  test.each(kvCases)('%j', async (operation, expected) => {
    const it = await world();
    const body = JSON.parse(
      JSON.stringify([{ KV: operation }, ...beside]).replace(/"@(\w+)"/g, (_, key) =>
        String(it.at[key]),
      ),
    );
    const reply = await callRoute(it.routes, 'PUT', '/v1/txn', body);
    const { Results, Errors } = (
      reply as { value: { Results: unknown[] | null; Errors: { OpIndex: number; What: string }[] } }
    ).value;
    if (typeof expected === 'string') {
      expect(Errors).toEqual([{ OpIndex: 0, What: expect.stringContaining(expected) }]);
      return;
    }
    expect(Errors).toBeNull();
    const shown = (Results ?? []).filter((row) => (row as { KV: KvPair }).KV.Key !== 'beside');
    expect(shown).toMatchObject(expected as object[]);
    expect(shown).toHaveLength((expected as object[]).length);
  });
});

const node = (Verb: string, Node: object) => ({ Node: { Verb, Node } });
const service = (Verb: string, Service: object, Node = 'vm') => ({
  Service: { Verb, Node, Service },
});
const check = (Verb: string, Check: object) => ({ Check: { Verb, Check } });
const disk = { Node: 'vm', CheckID: 'disk', Name: 'disk', Status: 'passing' };

test.each<[object, unknown]>([
  [node('get', { Node: 'VM' }), [{ Node: { Node: 'vm' } }]],
  [node('get', { Node: 'none' }), "node doesn't exist"],
  [node('set', { Node: 'n', Address: '::1' }), [{ Node: { Node: 'n', Datacenter: 'dc1' } }]],
  [node('set', { Node: '' }), 'Must provide node'],
  [node('set', { Node: 'n', ID: 'nope' }), 'UUID'],
  [node('cas', { Node: 'new', ModifyIndex: 0 }), [{ Node: { Node: 'new' } }]],
  [node('cas', { Node: 'vm', ModifyIndex: 0 }), 'failed to set node "vm", index is stale'],
  [node('delete', { Node: 'vm' }), []],
  [node('delete', { Node: 'none' }), []],
  [
    node('delete-cas', { Node: 'vm', ModifyIndex: 1 }),
    'failed to delete node "vm", index is stale',
  ],
  [node('delete-cas', { Node: 'vm', ModifyIndex: 2 }), []],
  [node('delete-cas', { Node: 'none', ModifyIndex: 0 }), 'index is stale'],
  [node('lock', { Node: 'vm' }), 'unknown node verb "lock"'],
  [service('get', { ID: 'web1' }), [{ Service: { Service: 'web', Port: 80 } }]],
  [service('get', { ID: 'none' }), "service doesn't exist"],
  [service('set', { Service: 'db' }), [{ Service: { ID: 'db', Service: 'db' } }]],
  [service('set', { Service: 'db' }, 'none'), 'Missing node registration'],
  [service('set', { ID: 'x' }), 'Must provide service name'],
  [service('set', { Service: 'db' }, ''), 'Must provide node and service'],
  [service('cas', { ID: 'web1', Service: 'web', ModifyIndex: 1 }), 'index is stale'],
  [service('delete', { ID: 'web1' }), []],
  [service('delete-cas', { ID: 'web1', ModifyIndex: 1 }), 'failed to delete service "web1"'],
  [service('explode', { ID: 'web1' }), 'unknown service verb "explode"'],
  [check('get', { Node: 'vm', CheckID: 'serfHealth' }), [{ Check: { Status: 'passing' } }]],
  [check('get', { Node: 'vm', CheckID: 'disk' }), "check doesn't exist"],
  [check('set', disk), [{ Check: disk }]],
  [check('set', { ...disk, ServiceID: 'web1' }), [{ Check: { ServiceName: 'web' } }]],
  [check('set', { ...disk, ServiceID: 'none' }), 'Missing service registration'],
  [check('set', { ...disk, Status: 'odd' }), 'unknown status "odd"'],
  [check('set', { CheckID: 'disk' }), 'Must provide node and check'],
  [check('cas', { ...disk, ModifyIndex: 9 }), 'failed to set check "disk" on node "vm"'],
  [check('delete', { Node: 'vm', CheckID: 'serfHealth' }), []],
  [check('delete-cas', { Node: 'vm', CheckID: 'serfHealth', ModifyIndex: 2 }), []],
  [check('delete-cas', { Node: 'vm', CheckID: 'serfHealth', ModifyIndex: 1 }), 'index is stale'],
])('%j', async (operation, expected) => {
  const outcome = await outcomeOf(await world(), operation);
  if (typeof expected === 'string') expect(outcome).toEqual(expect.stringContaining(expected));
  else {
    expect(outcome).toMatchObject(expected as object[]);
    expect(outcome).toHaveLength((expected as object[]).length);
  }
});
