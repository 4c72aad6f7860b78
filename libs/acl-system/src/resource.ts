import type { Resource } from '@mesh/resource';
import {
  authMethodDelete,
  authMethodList,
  authMethodRead,
  boundAuthMethodSet,
} from './auth-methods.ts';
import {
  bindingRuleDelete,
  bindingRuleList,
  bindingRuleRead,
  bindingRuleSet,
} from './binding-rules.ts';
import { aclSeed, type BootstrapParts, boundBootstrap } from './bootstrap.ts';
import * as commands from './commands.ts';
import {
  legacyClone,
  legacyDestroy,
  legacyInfo,
  legacyList,
  legacyRules,
  legacySet,
} from './legacy.ts';
import { boundLogin } from './login.ts';
import type { LoginVerifier } from './login-verifier.ts';
import { policyDelete, policyList, policyRead, policySet } from './policies.ts';
import { tokenResolve } from './resolve.ts';
import { roleDelete, roleList, roleRead, roleSet } from './roles.ts';
import { authMethods, bindingRules, bootstraps, policies, roles, tokens } from './table.ts';
import {
  tokenClone,
  tokenDelete,
  tokenList,
  tokenLogout,
  tokenRead,
  tokenSelf,
  tokenSet,
  tokensReap,
} from './tokens.ts';

/** What the ACL system is given by its server. */
export interface AclResourceParts extends BootstrapParts {
  readonly verifier: LoginVerifier;
}

/** The ACL system as a resource of the servers. */
export function aclResource(parts: AclResourceParts): Resource {
  return {
    name: 'acl',
    tables: [tokens, policies, roles, authMethods, bindingRules, bootstraps],
    commands: Object.values(commands),
    endpoints: [
      ...[tokenSet, tokenClone, tokenDelete, tokenRead, tokenSelf, tokenList],
      ...[tokensReap, tokenLogout, tokenResolve],
      ...[policySet, policyDelete, policyRead, policyList],
      ...[roleSet, roleDelete, roleRead, roleList],
      ...[authMethodDelete, authMethodRead, authMethodList],
      ...[bindingRuleSet, bindingRuleDelete, bindingRuleRead, bindingRuleList],
      aclSeed,
      ...[legacySet, legacyClone, legacyDestroy, legacyInfo, legacyList, legacyRules],
    ],
    calls: [boundLogin(parts), boundAuthMethodSet(parts), boundBootstrap(parts)],
  };
}
