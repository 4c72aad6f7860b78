import { MeshError } from '@mesh/base';
import { kvApply } from '@mesh/kv';
import { callRoute } from '@mesh/testkit';
import { pieces, Replica, ReplicaLeader } from '../testing/replica.ts';
import { sendState } from './send-state.ts';
import { PENDING, pendingRestores, snapshotChunks } from './table.ts';

const put = (leader: ReplicaLeader, key: string, text = 'v') => {
  const value = new TextEncoder().encode(text);
  return leader.write(kvApply, { op: 'set', key, value, flags: 0 });
};
const endpointsOf = (leader: ReplicaLeader) => leader.replica.snapshots.endpoints;
const options = { datacenter: '', token: '' };
const feeding =
  (source: AsyncIterable<Uint8Array>) => async (push: (chunk: Uint8Array) => Promise<void>) => {
    for await (const chunk of source) await push(chunk);
  };

async function largeState(): Promise<Buffer> {
  const source = new ReplicaLeader(callRoute);
  for (let at = 0; at < 20; at++) await put(source, `k${at}`, 'x'.repeat(50_000));
  return source.replica.saved();
}

it('takes bytes as they come, and sends the same again while its fate is unknown', async () => {
  const saved = await largeState();
  const leader = new ReplicaLeader(callRoute);
  let failures = 0;
  const rpc = {
    write: async (endpoint: never, args: never) => {
      const outcome: unknown = await leader.write(endpoint, args);
      const { method } = endpoint as { method: string };
      // Every second piece arrives, but nobody is told.
      if (method !== 'Snapshot.End' && leader.log.length % 2 === 0 && failures < 30) {
        failures++;
        throw new MeshError('unknown-outcome', 'lost');
      }
      return outcome;
    },
  };
  for (const size of [1000, 65_536, 500_000]) {
    const state = { id: `r${size}`, sizeBytes: saved.length, feed: feeding(pieces(saved, size)) };
    const index = await sendState(rpc as never, endpointsOf(leader), state, options);
    expect(index).toBe(leader.replica.store.view().index);
    expect(leader.replica.saved().length).toBe(saved.length);
  }
  expect(failures).toBeGreaterThan(5);
  const replica = new Replica();
  replica.fsm.apply(leader.log);
  expect(replica.bytes().equals(leader.replica.bytes())).toBe(true);
});

it('does not send an end again whose fate is unknown', async () => {
  const saved = await largeState();
  const leader = new ReplicaLeader(callRoute);
  const rpc = {
    write: async (endpoint: never, args: never) => {
      const outcome: unknown = await leader.write(endpoint, args);
      const { method } = endpoint as { method: string };
      if (method === 'Snapshot.End') throw new MeshError('unknown-outcome', 'lost');
      return outcome;
    },
  };
  const state = { id: 'r', sizeBytes: saved.length, feed: feeding(pieces(saved)) };
  const sending = sendState(rpc as never, endpointsOf(leader), state, options);
  await expect(sending).rejects.toMatchObject({ code: 'unknown-outcome' });
  expect(leader.replica.saved().length).toBe(saved.length);
});

it('takes back what it began when it cannot go on', async () => {
  const saved = await largeState();
  const leader = new ReplicaLeader(callRoute);
  await put(leader, 'x');
  const broken = (async function* () {
    yield saved.subarray(0, 900_000);
    throw new Error('the disk is gone');
  })();
  const state = { id: 'r', sizeBytes: saved.length, feed: feeding(broken) };
  const sending = sendState(leader, endpointsOf(leader), state, options);
  await expect(sending).rejects.toThrow('the disk is gone');
  const view = leader.replica.store.view();
  expect([view.count(snapshotChunks), view.get(pendingRestores, PENDING)]).toEqual([0, undefined]);
});
