import { utf8Text } from '@mesh/base';
import { encodeSerf } from '../wire/serf-codec.ts';
import type { MemberRecord } from '../wire/serf-messages.ts';
import { CONFLICT_QUERY, KEY_QUERIES, type KeyOperation } from './internal-names.ts';
import { answerKeyQuery } from './key-answer.ts';
import type { InternalAnswer } from './query-exchange.ts';
import type { KeyOperations, SerfMember } from './types.ts';

const OPERATIONS = Object.keys(KEY_QUERIES) as readonly KeyOperation[];

/** Answers the queries that serf itself understands (gossip-wire.md 5.4). */
export function internalAnswers(options: {
  readonly ownName: string;
  readonly member: (name: string) => SerfMember | undefined;
  readonly keys: KeyOperations | undefined;
}): InternalAnswer {
  return (name, payload, fits) => {
    if (name === CONFLICT_QUERY) {
      const subject = utf8Text(payload);
      // A party to the conflict has no vote.
      if (subject === options.ownName) return undefined;
      const member = options.member(subject);
      return encodeSerf({ kind: 'conflictResponse', member: member && recordOf(member) });
    }
    const operation = OPERATIONS.find((candidate) => KEY_QUERIES[candidate] === name);
    // A ping wants its ack and nothing else; others are of a newer serf.
    return operation && answerKeyQuery(operation, payload, options.keys, fits);
  };
}

function recordOf({ name, host, port, tags, status, versions }: SerfMember): MemberRecord {
  const [protocolMin, protocolMax, protocolCur, delegateMin, delegateMax, delegateCur] = versions;
  return {
    ...{ name, host, port, tags, status },
    ...{ protocolMin, protocolMax, protocolCur, delegateMin, delegateMax, delegateCur },
  };
}
