import * as fc from 'fast-check';
import { emptyState, FROM, hear, hearPushPull, NOW_MS, started } from '../testing/lone-core.ts';
import { encodeSerf } from '../wire/serf-codec.ts';
import type { SerfMessage } from '../wire/serf-messages.ts';
import { SERF_STATUS } from './types.ts';

const BYTES = new Uint8Array([1, 2, 3]);

const SAMPLES: readonly SerfMessage[] = [
  { kind: 'leave', lamportTime: 3, node: 'm', prune: true },
  { kind: 'join', lamportTime: 4, node: 'a' },
  emptyState({ statusLamportTimes: new Map([['m', 3]]), leftMembers: ['m', 'b'] }),
  { kind: 'userEvent', lamportTime: 2, name: 'x', payload: BYTES, coalesce: true },
  {
    kind: 'query',
    lamportTime: 3,
    id: 4,
    host: '10.0.0.9',
    port: 7,
    sourceNode: 'a',
    filters: [new Uint8Array([1, 0x82, 0xa4, 0x45, 0x78, 0x70, 0x72, 0xa1, 0x77])],
    flags: 1,
    relayFactor: 3,
    timeoutNs: 1e9,
    name: '_serf_list-keys',
    payload: BYTES,
  },
  { kind: 'queryResponse', lamportTime: 3, id: 4, from: 'a', flags: 0, payload: BYTES },
  { kind: 'keyRequest', key: BYTES },
  { kind: 'keyResponse', result: true, message: 'x', keys: ['a'], primaryKey: 'a' },
  { kind: 'relay', host: '10.0.0.9', port: 7, node: 'a', body: BYTES },
];

describe('noise', () => {
  const OPTIONS = { numRuns: 3000 };

  it('of any bytes is harmless', () => {
    const core = started({ resolveConflicts: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 }),
        fc.uint8Array({ maxLength: 200 }),
        (type, rest) => {
          const body = new Uint8Array([type, ...rest]);
          hear(core, body);
          hearPushPull(core, body);
          core.receivePacket(body, FROM, NOW_MS);
          core.takeOutputs();
          core.takeEvents();
        },
      ),
      OPTIONS,
    );
  });

  it('of messages that were damaged is harmless', () => {
    const core = started();
    const samples = SAMPLES.map(encodeSerf);
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.nat({ max: 10 }),
        (sample, damages, cut) => {
          const body = sample.slice(0, sample.length - cut);
          for (const [at, value] of damages) if (body.length > 0) body[at % body.length] = value;
          hear(core, body);
          hearPushPull(core, body);
          core.tick(NOW_MS);
          core.takeOutputs();
          core.takeEvents();
        },
      ),
      OPTIONS,
    );
    expect(core.local().status).toBe(SERF_STATUS.alive);
  });

  it('of times at the end of numbers leaves our own messages possible', () => {
    const core = started();
    const lamportTime = Number.MAX_SAFE_INTEGER;
    for (const sample of SAMPLES) hear(core, { ...sample, lamportTime } as SerfMessage);
    hearPushPull(
      core,
      encodeSerf(
        emptyState({
          lamportTime,
          eventLamportTime: lamportTime,
          queryLamportTime: lamportTime,
          statusLamportTimes: new Map([['m', lamportTime]]),
          leftMembers: ['m'],
        }),
      ),
    );
    expect(core.userEvent('x', new Uint8Array(), false, NOW_MS)).toBeLessThan(100);
    core.query({ name: 'x', payload: new Uint8Array() }, NOW_MS);
    core.forceLeave('m', false, NOW_MS);
    expect(core.clocks().member).toBeLessThan(100);
  });

  it('of messages without number keeps the queues short', () => {
    const core = started();
    for (let lamportTime = 1; lamportTime < 20_000; lamportTime += 1) {
      hear(core, { kind: 'join', lamportTime, node: `n${lamportTime}` });
      hear(core, {
        kind: 'userEvent',
        lamportTime,
        name: 'x',
        payload: BYTES,
        coalesce: false,
      });
      core.takeEvents();
    }
    expect(core.queues().intent).toBeLessThanOrEqual(8192);
    expect(core.queues().event).toBeLessThanOrEqual(8192);
  });
});
