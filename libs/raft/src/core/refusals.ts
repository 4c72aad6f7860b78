import type { Message } from '../messages.ts';
import type { CoreState } from './core-state.ts';

/** Refuses a message of an older term (Raft paper 5.1), or one that only a leader could answer. */
export function refuse({ id: from, term, outbox }: CoreState, message: Message): void {
  const envelope = { term, from, to: message.from };
  switch (message.kind) {
    case 'append': {
      const refusal = { ok: false, index: message.prevIndex, hintIndex: 0, hintTerm: 0 };
      outbox.send({ kind: 'append-response', ...envelope, ...refusal });
      return;
    }
    case 'heartbeat':
      outbox.send({ kind: 'heartbeat-response', ...envelope, roundMs: message.roundMs });
      return;
    case 'read-index':
      outbox.send({ kind: 'read-index-response', ...envelope, id: message.id, index: -1 });
      return;
    default:
  }
}
