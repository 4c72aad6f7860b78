import type { Authorizer, WantedAccess } from '@mesh/acl';
import type { AclResource } from '@mesh/api-contract';
import { invalid } from '@mesh/base';

/** A question of /v1/internal/acl/authorize. */
export interface Question {
  readonly Resource: string;
  readonly Segment: string;
  readonly Access: string;
}

/** Questions of one request. */
const MAX_QUESTIONS = 64;

const RESOURCES: Readonly<Record<string, AclResource>> = {
  acl: 'acl',
  agent: 'agent',
  event: 'event',
  intention: 'intentions',
  key: 'key',
  keyring: 'keyring',
  node: 'node',
  operator: 'operator',
  query: 'query',
  service: 'service',
  session: 'session',
};

const ACCESS: readonly WantedAccess[] = ['read', 'write', 'list'];

/** The questions with their answers. Throws `invalid-argument` on one that makes no sense. */
export function answerQuestions(authorizer: Authorizer, questions: readonly Question[]) {
  if (questions.length > MAX_QUESTIONS) {
    throw invalid(
      `Bad request: Refusing to process more than ${MAX_QUESTIONS} authorizations at once`,
    );
  }
  return questions.map(({ Resource, Segment, Access }) => {
    const resource = Object.hasOwn(RESOURCES, Resource) ? RESOURCES[Resource] : undefined;
    if (resource === undefined) {
      throw invalid(`Bad request: Invalid ACL resource requested: "${Resource}"`);
    }
    const access = ACCESS.find((known) => known === Access);
    if (access === undefined) {
      throw invalid(
        `Bad request: Invalid access level "${Access}", accepted are ${ACCESS.join(', ')}`,
      );
    }
    const allowed = authorizer.allows(resource, access, Segment);
    return { Resource, ...(Segment !== '' && { Segment }), Access, Allow: allowed };
  });
}
