import type { AclLink, AclToken } from '@mesh/api-contract';
import { parseDuration } from '@mesh/base';
import {
  areGrantsValid,
  type GrantsDraft,
  grantsBody,
  grantsOf,
  idsOf,
  linksOf,
} from './grants.ts';

/** Token of requests that bear none. */
export const ANONYMOUS_ID = '00000000-0000-0000-0000-000000000002';

/** A token as it is edited. */
export interface TokenDraft extends GrantsDraft {
  readonly description: string;
  readonly roles: readonly AclLink[];
  /** Cannot be changed later. */
  readonly isLocal: boolean;
  /** How long a new token counts, a Go duration; '' is for ever. */
  readonly ttl: string;
}

/** A token that is yet to be. */
export const NEW_TOKEN: TokenDraft = {
  policies: [],
  services: [],
  nodes: [],
  description: '',
  roles: [],
  isLocal: false,
  ttl: '',
};

/** What may be edited of a token. */
export function tokenDraft(token: AclToken): TokenDraft {
  return {
    ...grantsOf(token),
    description: token.Description,
    roles: linksOf(token.Roles),
    isLocal: token.Local,
    ttl: '',
  };
}

/** The body of the request that saves it. */
export function tokenBody(draft: TokenDraft) {
  const ttl = draft.ttl.trim();
  return {
    Description: draft.description,
    Local: draft.isLocal,
    ...grantsBody(draft),
    Roles: idsOf(draft.roles),
    ...(ttl !== '' && { ExpirationTTL: ttl }),
  };
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What is wrong with how long a token shall count. */
export function ttlProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const ms = parseDuration(text.trim());
  if (ms === undefined) return 'Not a duration. Accepted are such as 30m, 12h or 1h30m.';
  return ms < MINUTE_MS || ms > DAY_MS ? 'Accepted are 1m to 24h.' : undefined;
}

/** Whether a token may be sent. */
export function isTokenValid(draft: TokenDraft): boolean {
  return areGrantsValid(draft) && ttlProblem(draft.ttl) === undefined;
}

/** How people tell a token from others: by what is said of it, else by its id. */
export function tokenName({
  AccessorID,
  Description,
}: Pick<AclToken, 'AccessorID' | 'Description'>) {
  if (Description !== '') return Description;
  return AccessorID === ANONYMOUS_ID ? 'Anonymous token' : AccessorID;
}
