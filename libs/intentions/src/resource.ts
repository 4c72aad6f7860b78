import type { Resource } from '@mesh/resource';
import { intentionRemove, intentionStore, intentionsReplicate } from './commands.ts';
import {
  intentionCheck,
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

/** Intentions: which services may connect to which. */
export function intentionResource(): Resource {
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
      intentionCheck,
    ],
  };
}
