import type { ReadEndpoint, Resource } from '@mesh/resource';
import { intentionRemove, intentionStore, intentionsReplicate } from './commands.ts';
import {
  type IntentionPair,
  intentionCreate,
  intentionDelete,
  intentionDeletePair,
  intentionGet,
  intentionGetPair,
  intentionList,
  intentionMatch,
  intentionReplicate,
  intentionUpdate,
  intentionUpsert,
} from './endpoint.ts';
import { intentions } from './table.ts';

/** Intentions, with the endpoint that knows the server's default. */
export function intentionResource(check: ReadEndpoint<IntentionPair, boolean>): Resource {
  return {
    name: 'intentions',
    tables: [intentions],
    commands: [intentionStore, intentionRemove, intentionsReplicate],
    endpoints: [
      intentionCreate,
      intentionUpdate,
      intentionUpsert,
      intentionDelete,
      intentionDeletePair,
      intentionReplicate,
      intentionList,
      intentionGet,
      intentionGetPair,
      intentionMatch,
      check,
    ],
  };
}
