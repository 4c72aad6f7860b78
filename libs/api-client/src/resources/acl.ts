import {
  type AclAuthMethod,
  type AclBindingRule,
  type AclPolicy,
  type AclRole,
  type AclToken,
  aclRoutes,
} from '@mesh/api-contract';
import { asIs, asList, type ClientCore, type RouteTarget } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';
import type {
  AclAuthMethodChange,
  AclBindingRuleChange,
  AclLogin,
  AclPolicyChange,
  AclReplication,
  AclRoleChange,
  AclTokenChange,
  AclTokenFilters,
} from './acl-changes.ts';

type Params = Readonly<Record<string, string>>;

/**
 * Tokens and what gives them rights. What is not there rejects with an ApiError: of status 403 for tokens and
 * policies, 404 for the others. Deleting what is not there is no error.
 */
export class AclApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Makes the first token, which may do everything; works once. */
  bootstrap(options?: CallOptions): Promise<AclToken> {
    return this.#made<AclToken>(aclRoutes.bootstrap, undefined, options);
  }

  /** Tokens, without their secrets. */
  tokens(filters: AclTokenFilters & ReadOptions = {}): Read<readonly AclToken[]> {
    const { policy, role, authMethod, ...options } = filters;
    const query = { policy, role, authmethod: authMethod };
    return this.#core.read(aclRoutes.tokenList, {}, query, asList<AclToken>(), options);
  }

  /** A token with its secret, by its accessor. */
  token(accessor: string, options?: ReadOptions): Read<AclToken> {
    return this.#core.read(aclRoutes.tokenGet, { accessor }, {}, asIs<AclToken>(), options);
  }

  /** The token of the request. */
  self(options?: ReadOptions): Read<AclToken> {
    return this.#core.read(aclRoutes.tokenSelf, {}, {}, asIs<AclToken>(), options);
  }

  /** @returns the new token, with its secret */
  createToken(token: AclTokenChange, options?: CallOptions): Promise<AclToken> {
    return this.#made<AclToken>(aclRoutes.tokenCreate, token, options);
  }

  /** Makes a token with all that another one has. @returns the new token */
  cloneToken(
    accessor: string,
    { description, ...options }: CallOptions & { readonly description?: string } = {},
  ): Promise<AclToken> {
    const body = { Description: description ?? '' };
    return this.#made<AclToken>(aclRoutes.tokenClone, body, options, { accessor });
  }

  /** Replaces a token. @returns it as it is stored */
  updateToken(accessor: string, token: AclTokenChange, options?: CallOptions): Promise<AclToken> {
    return this.#stored<AclToken>(aclRoutes.tokenUpdate, { accessor }, token, options);
  }

  /** Deletes a token: who uses it is refused from now on. */
  deleteToken(accessor: string, options?: CallOptions): Promise<void> {
    return this.#deleted(aclRoutes.tokenDelete, { accessor }, options);
  }

  /** Policies, without their rules. */
  policies(options?: ReadOptions): Read<readonly AclPolicy[]> {
    return this.#core.read(aclRoutes.policyList, {}, {}, asList<AclPolicy>(), options);
  }

  /** A policy with its rules. */
  policy(id: string, options?: ReadOptions): Read<AclPolicy> {
    return this.#core.read(aclRoutes.policyGet, { id }, {}, asIs<AclPolicy>(), options);
  }

  /** The same, by name. */
  policyByName(name: string, options?: ReadOptions): Read<AclPolicy> {
    return this.#core.read(aclRoutes.policyByName, { name }, {}, asIs<AclPolicy>(), options);
  }

  /** @returns the new policy */
  createPolicy(policy: AclPolicyChange, options?: CallOptions): Promise<AclPolicy> {
    return this.#made<AclPolicy>(aclRoutes.policyCreate, policy, options);
  }

  /** Replaces a policy. @returns it as it is stored */
  updatePolicy(id: string, policy: AclPolicyChange, options?: CallOptions): Promise<AclPolicy> {
    return this.#stored<AclPolicy>(aclRoutes.policyUpdate, { id }, policy, options);
  }

  /** Deletes a policy: tokens and roles that have it lose what it gives. */
  deletePolicy(id: string, options?: CallOptions): Promise<void> {
    return this.#deleted(aclRoutes.policyDelete, { id }, options);
  }

  /** Roles; with `policy` those that have the policy of this ID. */
  roles({
    policy,
    ...options
  }: ReadOptions & { readonly policy?: string } = {}): Read<readonly AclRole[]> {
    return this.#core.read(aclRoutes.roleList, {}, { policy }, asList<AclRole>(), options);
  }

  /** A role. */
  role(id: string, options?: ReadOptions): Read<AclRole> {
    return this.#core.read(aclRoutes.roleGet, { id }, {}, asIs<AclRole>(), options);
  }

  /** The same, by name. */
  roleByName(name: string, options?: ReadOptions): Read<AclRole> {
    return this.#core.read(aclRoutes.roleByName, { name }, {}, asIs<AclRole>(), options);
  }

  /** @returns the new role */
  createRole(role: AclRoleChange, options?: CallOptions): Promise<AclRole> {
    return this.#made<AclRole>(aclRoutes.roleCreate, role, options);
  }

  /** Replaces a role. @returns it as it is stored */
  updateRole(id: string, role: AclRoleChange, options?: CallOptions): Promise<AclRole> {
    return this.#stored<AclRole>(aclRoutes.roleUpdate, { id }, role, options);
  }

  /** Deletes a role: tokens that have it lose what it gives. */
  deleteRole(id: string, options?: CallOptions): Promise<void> {
    return this.#deleted(aclRoutes.roleDelete, { id }, options);
  }

  /** Auth methods, without their configuration. */
  authMethods(options?: ReadOptions): Read<readonly AclAuthMethod[]> {
    return this.#core.read(aclRoutes.methodList, {}, {}, asList<AclAuthMethod>(), options);
  }

  /** An auth method with its configuration. */
  authMethod(name: string, options?: ReadOptions): Read<AclAuthMethod> {
    return this.#core.read(aclRoutes.methodGet, { name }, {}, asIs<AclAuthMethod>(), options);
  }

  /** @returns the new auth method */
  createAuthMethod(method: AclAuthMethodChange, options?: CallOptions): Promise<AclAuthMethod> {
    return this.#made<AclAuthMethod>(aclRoutes.methodCreate, method, options);
  }

  /** Replaces an auth method; its type stays. @returns it as it is stored */
  updateAuthMethod(
    name: string,
    method: AclAuthMethodChange,
    options?: CallOptions,
  ): Promise<AclAuthMethod> {
    return this.#stored<AclAuthMethod>(aclRoutes.methodUpdate, { name }, method, options);
  }

  /** Deletes an auth method, its binding rules and the tokens of its logins. */
  deleteAuthMethod(name: string, options?: CallOptions): Promise<void> {
    return this.#deleted(aclRoutes.methodDelete, { name }, options);
  }

  /** Binding rules; with `authMethod` those of the method of this name. */
  bindingRules({
    authMethod,
    ...options
  }: ReadOptions & { readonly authMethod?: string } = {}): Read<readonly AclBindingRule[]> {
    const query = { authmethod: authMethod };
    return this.#core.read(aclRoutes.ruleList, {}, query, asList<AclBindingRule>(), options);
  }

  /** A binding rule. */
  bindingRule(id: string, options?: ReadOptions): Read<AclBindingRule> {
    return this.#core.read(aclRoutes.ruleGet, { id }, {}, asIs<AclBindingRule>(), options);
  }

  /** @returns the new binding rule */
  createBindingRule(rule: AclBindingRuleChange, options?: CallOptions): Promise<AclBindingRule> {
    return this.#made<AclBindingRule>(aclRoutes.ruleCreate, rule, options);
  }

  /** Replaces a binding rule; its auth method stays. @returns it as it is stored */
  updateBindingRule(
    id: string,
    rule: AclBindingRuleChange,
    options?: CallOptions,
  ): Promise<AclBindingRule> {
    return this.#stored<AclBindingRule>(aclRoutes.ruleUpdate, { id }, rule, options);
  }

  /** Deletes a binding rule; tokens that are there keep what it gave them. */
  deleteBindingRule(id: string, options?: CallOptions): Promise<void> {
    return this.#deleted(aclRoutes.ruleDelete, { id }, options);
  }

  /** Exchanges the token of a third party for one of ours. @returns the new token, with its secret */
  login(request: AclLogin, options?: CallOptions): Promise<AclToken> {
    return this.#made<AclToken>(aclRoutes.login, request, options);
  }

  /** Ends the token of the request, which a login made. */
  async logout(options?: CallOptions): Promise<void> {
    // Asked again after a lost answer it would fail: the token is no more.
    await this.#core.change({ route: aclRoutes.logout, idempotent: false }, options);
  }

  /** How replication from the primary datacenter goes. */
  replication(options?: CallOptions): Read<AclReplication> {
    return this.#core.read(aclRoutes.replication, {}, {}, asIs<AclReplication>(), options);
  }

  /** Rules of before 1.4 in the present syntax. */
  async translateRules(rules: string, options?: CallOptions): Promise<string> {
    const change = { route: aclRoutes.translateRules, body: rules, idempotent: true };
    return (await this.#core.change(change, options)).body;
  }

  /** The same for the rules of a token, by its accessor. */
  translateTokenRules(accessor: string, options?: ReadOptions): Read<string> {
    const asText = { parse: (text: string) => text, decode: (text: unknown) => String(text ?? '') };
    return this.#core.read(aclRoutes.translateTokenRules, { accessor }, {}, asText, options);
  }

  /** Makes something new: repeated, it would make two. */
  async #made<T>(
    route: RouteTarget,
    body: unknown,
    options?: CallOptions,
    params: Params = {},
  ): Promise<T> {
    const change = { route, params, body, idempotent: false };
    return JSON.parse((await this.#core.change(change, options)).body) as T;
  }

  /** Replaces something: may be repeated. */
  async #stored<T>(
    route: RouteTarget,
    params: Params,
    body: unknown,
    options?: CallOptions,
  ): Promise<T> {
    const change = { route, params, body, idempotent: true };
    return JSON.parse((await this.#core.change(change, options)).body) as T;
  }

  async #deleted(route: RouteTarget, params: Params, options?: CallOptions): Promise<void> {
    await this.#core.change({ route, params, idempotent: true }, options);
  }
}
