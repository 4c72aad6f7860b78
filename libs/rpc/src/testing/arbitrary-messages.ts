import type { LogEntry, Message, SnapshotOffer } from '@mesh/raft';
import fc from 'fast-check';

const whole = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.constantFrom(0, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32, 2 ** 49, 2 ** 53 - 1),
);
const index = fc.oneof(fc.nat(2 ** 50), fc.nat(300));
const clockMs = fc.double({ min: 0, max: 2 ** 45, noNaN: true });

/** Any message that Raft may send from one server to another. */
export function arbitraryMessage(from: string, to: string): fc.Arbitrary<Message> {
  const envelope = { term: whole, from: fc.constant(from), to: fc.constant(to) };
  return fc.oneof(
    fc.record({
      kind: fc.constant('vote-request' as const),
      ...envelope,
      preVote: fc.boolean(),
      transfer: fc.boolean(),
      lastIndex: whole,
      lastTerm: whole,
    }),
    fc.record({
      kind: fc.constant('vote-response' as const),
      ...envelope,
      preVote: fc.boolean(),
      granted: fc.boolean(),
    }),
    fc
      .record({ ...envelope, prevIndex: index, prevTerm: whole, commitIndex: whole, made: entries })
      .map(({ made, ...rest }) => ({
        kind: 'append' as const,
        ...rest,
        entries: made.map((entry, at) => ({ ...entry, index: rest.prevIndex + 1 + at })),
      })),
    fc.record({
      kind: fc.constant('append-response' as const),
      ...envelope,
      ok: fc.boolean(),
      index: whole,
      hintIndex: whole,
      hintTerm: whole,
    }),
    fc.record({
      kind: fc.constant('heartbeat' as const),
      ...envelope,
      roundMs: clockMs,
      commitIndex: whole,
    }),
    fc.record({ kind: fc.constant('heartbeat-response' as const), ...envelope, roundMs: clockMs }),
    fc.record({
      kind: fc.constant('read-index' as const),
      ...envelope,
      id: whole,
      mode: fc.constantFrom('lease' as const, 'quorum' as const),
    }),
    fc.record({
      kind: fc.constant('read-index-response' as const),
      ...envelope,
      id: whole,
      index: fc.oneof(fc.constant(-1), index),
    }),
    fc.record({ kind: fc.constant('timeout-now' as const), ...envelope, roundMs: clockMs }),
  );
}

const entries: fc.Arbitrary<Omit<LogEntry, 'index'>[]> = fc.array(
  fc.record({
    term: whole,
    kind: fc.constantFrom('command' as const, 'noop' as const, 'configuration' as const),
    data: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 20 },
);

/** Any offer of a snapshot. */
export function arbitraryOffer(from: string, to: string): fc.Arbitrary<SnapshotOffer> {
  const server = fc.record({
    id: fc.string({ minLength: 1, maxLength: 40 }),
    address: fc.string({ maxLength: 60 }),
    suffrage: fc.constantFrom('voter' as const, 'non-voter' as const),
  });
  return fc.record({
    from: fc.constant(from),
    to: fc.constant(to),
    term: whole,
    sizeBytes: whole,
    position: fc.record({
      index: whole,
      term: whole,
      configurationIndex: whole,
      configuration: fc.record({ servers: fc.array(server, { maxLength: 9 }) }),
    }),
  });
}
