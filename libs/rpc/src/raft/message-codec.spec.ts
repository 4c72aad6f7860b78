import type { Message, SnapshotOffer } from '@mesh/raft';
import fc from 'fast-check';
import { arbitraryMessage, arbitraryOffer } from '../testing/arbitrary-messages.ts';
import { decodeMessages, encodeMessages } from './message-codec.ts';
import {
  decodeSnapshotFrame,
  encodeChunk,
  encodeEnd,
  encodeOffer,
  encodeOutcome,
} from './snapshot-codec.ts';

/** Mutates a frame: flips, cuts, repeats, inserts. */
const mutation = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('flip', 'cut', 'insert', 'remove', 'huge'),
  byte: fc.nat(255),
});

function mutate(frame: Buffer, changes: readonly { at: number; how: string; byte: number }[]) {
  let bytes = Buffer.from(frame);
  for (const { at, how, byte } of changes) {
    const place = bytes.length > 0 ? at % bytes.length : 0;
    if (how === 'flip') bytes[place] = byte;
    if (how === 'cut') bytes = bytes.subarray(0, place);
    if (how === 'insert') {
      bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place)]);
    }
    if (how === 'remove') {
      bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]);
    }
    if (how === 'huge') bytes.fill(0xff, place, Math.min(place + 7, bytes.length));
  }
  return bytes;
}

function throwsOnlyMalformed(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-argument' });
  }
}

describe('the codec of Raft messages', () => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMessage('a', 'ü-b'), { maxLength: 8 }), (messages) => {
        const decoded = decodeMessages(encodeMessages('a', 'ü-b', messages));
        expect(decoded.map(plain)).toEqual(messages.map(plain));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses or reads 10,000 mutated frames, and throws nothing but MeshErrors', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryMessage('a', 'b'), { minLength: 1, maxLength: 4 }),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (messages, changes) => {
          const frame = mutate(encodeMessages('a', 'b', messages), changes);
          throwsOnlyMalformed(() => decodeMessages(frame));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('refuses random bytes with nothing but MeshErrors', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        throwsOnlyMalformed(() => decodeMessages(Buffer.from(bytes)));
        throwsOnlyMalformed(() => decodeSnapshotFrame(Buffer.from(bytes)));
      }),
      { numRuns: 5000 },
    );
  });

  it('bounds what a small frame can make it allocate', () => {
    const head = encodeMessages('a', 'b', []);
    // timeout-now, ten bytes each: kind, term, round.
    const one = Buffer.from([8, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const many = Buffer.concat([head, Buffer.alloc(50_000, one)]);
    expect(() => decodeMessages(many)).toThrow(/over 4096 messages/);
    // An append that claims two to the 40 entries.
    const claim = Buffer.from([2, 1, 0, 0, 0, 255, 255, 255, 255, 255, 31]);
    expect(() => decodeMessages(Buffer.concat([head, claim]))).toThrow(/entries, at most/);
  });

  it('will not send what is not a message', () => {
    const heartbeat: Message = {
      kind: 'heartbeat',
      term: 1.5,
      from: 'a',
      to: 'b',
      roundMs: 1,
      commitIndex: 1,
    };
    expect(() => encodeMessages('a', 'b', [heartbeat])).toThrow(/assertion/);
    const gap: Message = {
      kind: 'append',
      term: 1,
      from: 'a',
      to: 'b',
      prevIndex: 5,
      prevTerm: 1,
      commitIndex: 5,
      entries: [{ index: 7, term: 1, kind: 'noop', data: new Uint8Array() }],
    };
    expect(() => encodeMessages('a', 'b', [gap])).toThrow(/entry 7 where 6/);
  });

  it('gives back snapshot frames', () => {
    fc.assert(
      fc.property(arbitraryOffer('a', 'b'), (offer: SnapshotOffer) => {
        expect(decodeSnapshotFrame(encodeOffer(offer))).toEqual({ kind: 'offer', offer });
      }),
      { numRuns: 300 },
    );
    const outcome = { term: 2 ** 53 - 1, installed: true };
    expect(decodeSnapshotFrame(encodeOutcome(outcome))).toEqual({ kind: 'outcome', outcome });
    expect(decodeSnapshotFrame(encodeEnd(77))).toEqual({ kind: 'end', totalBytes: 77 });
    const bytes = Buffer.from([1, 2, 3]);
    expect(decodeSnapshotFrame(encodeChunk(bytes))).toEqual({ kind: 'chunk', bytes });
    expect(() => decodeSnapshotFrame(Buffer.concat([encodeEnd(1), bytes]))).toThrow(
      /after its end/,
    );
  });

  it('refuses or reads 10,000 mutated offers', () => {
    fc.assert(
      fc.property(
        arbitraryOffer('a', 'b'),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (offer, changes) => {
          throwsOnlyMalformed(() => decodeSnapshotFrame(mutate(encodeOffer(offer), changes)));
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

/** Buffers as plain arrays, so that a view of a frame equals the bytes that went in. */
function plain(message: Message): unknown {
  if (message.kind !== 'append') return message;
  return {
    ...message,
    entries: message.entries.map((entry) => ({ ...entry, data: [...entry.data] })),
  };
}
