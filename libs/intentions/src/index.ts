// For server and http.

export {
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
  missingIntentions,
} from './endpoint.ts';
export type { IntentionHttpDeps } from './http.ts';
export { intentionHttpRoutes } from './http.ts';
// For agent and proxy: deciding by matches that were fetched.
export { byPrecedence, covers, precedenceOf } from './precedence.ts';
// For the UI's overviews: decisions over a view.
export { decidingIntention, intentionOfPair } from './queries.ts';
export { intentionResource } from './resource.ts';
export type { IntentionPair, IntentionRequest, MatchBy, NewIntention } from './types.ts';
export { qualifiedName } from './types.ts';
