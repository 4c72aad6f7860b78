import type { UserEvent } from '@mesh/api-contract';
import { silentLogger, utf8Bytes } from '@mesh/base';
import { DirectRpc } from '@mesh/testkit';
import { eventFire, eventResource } from './endpoint.ts';
import { encodeEvent } from './event-codec.ts';
import { newEvent } from './fire.ts';
import { type GossipEvent, GossipEventBus } from './gossip-event-bus.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const REQUEST = { name: 'deploy', payload: utf8Bytes('v2'), node: '', service: 'web', tag: 'a' };

/** A pool of one member: what it fires, it hears. */
class LonePool {
  readonly fired: GossipEvent[] = [];
  private readonly listeners = new Set<(event: GossipEvent) => void>();

  fire(name: string, payload: Uint8Array): void {
    const event = { name, payload, lamportTime: 5 };
    this.fired.push(event);
    for (const listener of this.listeners) listener(event);
  }

  subscribe(listener: (event: GossipEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function world() {
  const pool = new LonePool();
  const rpc = new DirectRpc([eventResource(pool)]);
  const errors: unknown[] = [];
  const logger = { ...silentLogger, error: (...said: unknown[]) => void errors.push(said) };
  const bus = new GossipEventBus({ pool, rpc, logger });
  const heard: UserEvent[] = [];
  const stop = bus.subscribe((event) => heard.push(event));
  return { pool, rpc, bus, heard, stop, errors };
}

test('an event goes to a server, over the pool, and back', async () => {
  const { bus, rpc, pool, heard } = world();
  const event = newEvent(REQUEST, ID);
  await bus.fire(event, { datacenter: 'dc2', token: 't' });
  expect(rpc.lastOptions).toMatchObject({ datacenter: 'dc2', token: 't', server: 'any' });
  expect(pool.fired).toMatchObject([{ name: 'consul:event:deploy' }]);
  expect(heard).toEqual([{ ...event, LTime: 5 }]);
});

test('without options it is for this datacenter', async () => {
  const { bus, rpc } = world();
  await bus.fire(newEvent(REQUEST, ID));
  expect(rpc.lastOptions).toMatchObject({ datacenter: '', token: '' });
});

test('what is no user event is left to others; what cannot be read is told', () => {
  const { pool, heard, errors, stop } = world();
  pool.fire('consul:new-leader', utf8Bytes('s1'));
  pool.fire('deploy', encodeEvent(newEvent(REQUEST, ID)));
  expect([heard, errors]).toEqual([[], []]);
  pool.fire('consul:event:deploy', utf8Bytes('what?'));
  expect(heard).toEqual([]);
  expect(errors).toHaveLength(1);
  pool.fire('consul:event:deploy', encodeEvent(newEvent(REQUEST, ID)));
  stop();
  pool.fire('consul:event:deploy', encodeEvent(newEvent(REQUEST, ID)));
  expect(heard).toHaveLength(1);
});

test.each([
  undefined,
  {},
  { name: '', payload: new Uint8Array(0) },
  { name: 'a', payload: 'text' },
  { name: 7, payload: new Uint8Array(0) },
])('a server refuses %j', async (args) => {
  const { rpc, pool } = world();
  const options = { datacenter: '', token: '', server: 'any' } as const;
  await expect(rpc.call(eventFire, args as never, options)).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  expect(pool.fired).toEqual([]);
});
