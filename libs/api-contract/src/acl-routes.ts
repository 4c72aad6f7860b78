import { defineRoutes, localRoute, type Route, readRoute, writeRoute } from './route.ts';

const READ = { check: { resource: 'acl', access: 'read', segment: 'none' } } as const;
const WRITE = { check: { resource: 'acl', access: 'write', segment: 'none' } } as const;

const list = (path: string, query: readonly string[], doc: string, client: string): Route =>
  readRoute({ method: 'GET', path, query, acl: READ, tier: 'B', doc, client });
const get = (path: string, doc: string, client: string): Route =>
  readRoute({ method: 'GET', path, acl: READ, tier: 'B', doc, client });
const put = (path: string, doc: string, client: string): Route =>
  writeRoute({ method: 'PUT', path, acl: WRITE, tier: 'B', doc, client });
const remove = (path: string, doc: string, client: string): Route =>
  writeRoute({ method: 'DELETE', path, acl: WRITE, tier: 'B', doc, client });
const legacy = (method: 'PUT' | 'GET', path: string, acl: Route['acl'], doc: string): Route =>
  method === 'PUT'
    ? writeRoute({ method, path, acl, tier: 'C', doc, client: '' })
    : readRoute({ method, path, acl, tier: 'C', doc, client: '' });

/** /v1/acl: tokens, policies, roles, auth methods and binding rules. */
export const aclRoutes = defineRoutes({
  bootstrap: writeRoute({
    method: 'PUT',
    path: '/v1/acl/bootstrap',
    acl: 'public',
    tier: 'B',
    doc: 'Creates the first management token, once.',
    client: 'acl.bootstrap',
  }),
  tokenList: list(
    '/v1/acl/tokens',
    ['policy', 'role', 'authmethod', 'authmethod-ns'],
    'Tokens, without their secrets.',
    'acl.tokens',
  ),
  tokenCreate: put('/v1/acl/token', 'Creates a token.', 'acl.createToken'),
  tokenSelf: readRoute({
    method: 'GET',
    path: '/v1/acl/token/self',
    acl: 'public',
    tier: 'B',
    doc: 'The token of the request.',
    client: 'acl.self',
  }),
  tokenClone: put('/v1/acl/token/:accessor/clone', 'Copies a token.', 'acl.cloneToken'),
  tokenGet: get('/v1/acl/token/*accessor', 'A token with its secret.', 'acl.token'),
  tokenUpdate: put('/v1/acl/token/*accessor', 'Replaces a token.', 'acl.updateToken'),
  tokenDelete: remove('/v1/acl/token/*accessor', 'Deletes a token.', 'acl.deleteToken'),
  policyList: list('/v1/acl/policies', [], 'Policies, without their rules.', 'acl.policies'),
  policyCreate: put('/v1/acl/policy', 'Creates a policy.', 'acl.createPolicy'),
  policyByName: get('/v1/acl/policy/name/*name', 'A policy by name.', 'acl.policyByName'),
  policyGet: get('/v1/acl/policy/*id', 'A policy.', 'acl.policy'),
  policyUpdate: put('/v1/acl/policy/*id', 'Replaces a policy.', 'acl.updatePolicy'),
  policyDelete: remove('/v1/acl/policy/*id', 'Deletes a policy.', 'acl.deletePolicy'),
  roleList: list('/v1/acl/roles', ['policy'], 'Roles.', 'acl.roles'),
  roleCreate: put('/v1/acl/role', 'Creates a role.', 'acl.createRole'),
  roleByName: get('/v1/acl/role/name/*name', 'A role by name.', 'acl.roleByName'),
  roleGet: get('/v1/acl/role/*id', 'A role.', 'acl.role'),
  roleUpdate: put('/v1/acl/role/*id', 'Replaces a role.', 'acl.updateRole'),
  roleDelete: remove('/v1/acl/role/*id', 'Deletes a role.', 'acl.deleteRole'),
  methodList: list('/v1/acl/auth-methods', [], 'Auth methods.', 'acl.authMethods'),
  methodCreate: put('/v1/acl/auth-method', 'Creates an auth method.', 'acl.createAuthMethod'),
  methodGet: get('/v1/acl/auth-method/*name', 'An auth method.', 'acl.authMethod'),
  methodUpdate: put(
    '/v1/acl/auth-method/*name',
    'Replaces an auth method.',
    'acl.updateAuthMethod',
  ),
  methodDelete: remove(
    '/v1/acl/auth-method/*name',
    'Deletes an auth method, its binding rules and the tokens that came of it.',
    'acl.deleteAuthMethod',
  ),
  ruleList: list('/v1/acl/binding-rules', ['authmethod'], 'Binding rules.', 'acl.bindingRules'),
  ruleCreate: put('/v1/acl/binding-rule', 'Creates a binding rule.', 'acl.createBindingRule'),
  ruleGet: get('/v1/acl/binding-rule/*id', 'A binding rule.', 'acl.bindingRule'),
  ruleUpdate: put('/v1/acl/binding-rule/*id', 'Replaces a binding rule.', 'acl.updateBindingRule'),
  ruleDelete: remove(
    '/v1/acl/binding-rule/*id',
    'Deletes a binding rule.',
    'acl.deleteBindingRule',
  ),
  login: writeRoute({
    method: 'POST',
    path: '/v1/acl/login',
    acl: 'public',
    tier: 'B',
    doc: 'Exchanges the bearer token of an auth method for a token.',
    client: 'acl.login',
  }),
  logout: writeRoute({
    method: 'POST',
    path: '/v1/acl/logout',
    acl: 'public',
    tier: 'B',
    doc: 'Ends the token of the request, which came of a login.',
    client: 'acl.logout',
  }),
  replication: localRoute({
    method: 'GET',
    path: '/v1/acl/replication',
    query: ['dc'],
    acl: 'public',
    tier: 'C',
    doc: 'How replication from the primary datacenter goes.',
    client: 'acl.replication',
  }),
  translateRules: localRoute({
    method: 'POST',
    path: '/v1/acl/rules/translate',
    acl: READ,
    maxBodyBytes: 1024 * 1024,
    tier: 'C',
    doc: 'Rules of before 1.4 in the present syntax.',
    client: 'acl.translateRules',
  }),
  translateTokenRules: readRoute({
    method: 'GET',
    path: '/v1/acl/rules/translate/*accessor',
    acl: READ,
    tier: 'C',
    doc: 'Rules of a token of before 1.4 in the present syntax.',
    client: 'acl.translateTokenRules',
  }),
  authorize: localRoute({
    method: 'POST',
    path: '/v1/internal/acl/authorize',
    query: ['dc'],
    acl: 'public',
    maxBodyBytes: 1024 * 1024,
    tier: 'B',
    doc: 'What the token of the request may do.',
    client: '',
  }),
  legacyCreate: legacy('PUT', '/v1/acl/create', WRITE, 'Creates a token; the API of before 1.4.'),
  legacyUpdate: legacy('PUT', '/v1/acl/update', WRITE, 'Replaces a token; the API of before 1.4.'),
  legacyDestroy: legacy(
    'PUT',
    '/v1/acl/destroy/*id',
    WRITE,
    'Deletes a token; the API of before 1.4.',
  ),
  legacyClone: legacy('PUT', '/v1/acl/clone/*id', WRITE, 'Copies a token; the API of before 1.4.'),
  legacyInfo: legacy('GET', '/v1/acl/info/*id', 'public', 'A token; the API of before 1.4.'),
  legacyList: legacy('GET', '/v1/acl/list', WRITE, 'Tokens; the API of before 1.4.'),
});
