import type { CommandRow } from '../command-row.ts';

/** The commands of access control: a part of the index of commands, in the order of their names. */
export const ACL_COMMANDS: readonly CommandRow[] = [
  {
    name: 'acl',
    synopsis: 'Manages access control lists',
    about:
      'Works with tokens, the policies and roles that give them rights, and logins of third\n' +
      '  parties.',
  },
  {
    name: 'acl auth-method',
    synopsis: 'Manages auth methods',
    about: 'Auth methods say whose tokens of third parties consul login takes.',
  },
  {
    name: 'acl auth-method create',
    synopsis: 'Creates an auth method',
    load: () => import('../commands/acl-auth-method-create.ts'),
  },
  {
    name: 'acl auth-method delete',
    synopsis: 'Deletes an auth method',
    load: () => import('../commands/acl-auth-method-delete.ts'),
  },
  {
    name: 'acl auth-method list',
    synopsis: 'Lists the auth methods',
    load: () => import('../commands/acl-auth-method-list.ts'),
  },
  {
    name: 'acl auth-method read',
    synopsis: 'Shows an auth method',
    load: () => import('../commands/acl-auth-method-read.ts'),
  },
  {
    name: 'acl auth-method update',
    synopsis: 'Changes an auth method',
    load: () => import('../commands/acl-auth-method-update.ts'),
  },
  {
    name: 'acl binding-rule',
    synopsis: 'Manages binding rules',
    about: 'Binding rules say what the tokens of logins get.',
  },
  {
    name: 'acl binding-rule create',
    synopsis: 'Creates a binding rule',
    load: () => import('../commands/acl-binding-rule-create.ts'),
  },
  {
    name: 'acl binding-rule delete',
    synopsis: 'Deletes a binding rule',
    load: () => import('../commands/acl-binding-rule-delete.ts'),
  },
  {
    name: 'acl binding-rule list',
    synopsis: 'Lists the binding rules',
    load: () => import('../commands/acl-binding-rule-list.ts'),
  },
  {
    name: 'acl binding-rule read',
    synopsis: 'Shows a binding rule',
    load: () => import('../commands/acl-binding-rule-read.ts'),
  },
  {
    name: 'acl binding-rule update',
    synopsis: 'Changes a binding rule',
    load: () => import('../commands/acl-binding-rule-update.ts'),
  },
  {
    name: 'acl bootstrap',
    synopsis: 'Makes the first token of a cluster',
    load: () => import('../commands/acl-bootstrap.ts'),
  },
  {
    name: 'acl policy',
    synopsis: 'Manages policies',
    about: 'Policies are rules under a name: what a token that has them may do.',
  },
  {
    name: 'acl policy create',
    synopsis: 'Creates a policy',
    load: () => import('../commands/acl-policy-create.ts'),
  },
  {
    name: 'acl policy delete',
    synopsis: 'Deletes a policy',
    load: () => import('../commands/acl-policy-delete.ts'),
  },
  {
    name: 'acl policy list',
    synopsis: 'Lists the policies',
    load: () => import('../commands/acl-policy-list.ts'),
  },
  {
    name: 'acl policy read',
    synopsis: 'Shows a policy',
    load: () => import('../commands/acl-policy-read.ts'),
  },
  {
    name: 'acl policy update',
    synopsis: 'Changes a policy',
    load: () => import('../commands/acl-policy-update.ts'),
  },
  {
    name: 'acl role',
    synopsis: 'Manages roles',
    about: 'Roles are policies and identities under one name, to be given to tokens.',
  },
  {
    name: 'acl role create',
    synopsis: 'Creates a role',
    load: () => import('../commands/acl-role-create.ts'),
  },
  {
    name: 'acl role delete',
    synopsis: 'Deletes a role',
    load: () => import('../commands/acl-role-delete.ts'),
  },
  {
    name: 'acl role list',
    synopsis: 'Lists the roles',
    load: () => import('../commands/acl-role-list.ts'),
  },
  {
    name: 'acl role read',
    synopsis: 'Shows a role',
    load: () => import('../commands/acl-role-read.ts'),
  },
  {
    name: 'acl role update',
    synopsis: 'Changes a role',
    load: () => import('../commands/acl-role-update.ts'),
  },
  {
    name: 'acl set-agent-token',
    synopsis: 'Sets a token of the agent itself',
    load: () => import('../commands/acl-set-agent-token.ts'),
  },
  {
    name: 'acl token',
    synopsis: 'Manages tokens',
    about: 'Tokens are what a request shows: their secret stands for the rights they have.',
  },
  {
    name: 'acl token clone',
    synopsis: 'Creates a token like another one',
    load: () => import('../commands/acl-token-clone.ts'),
  },
  {
    name: 'acl token create',
    synopsis: 'Creates a token',
    load: () => import('../commands/acl-token-create.ts'),
  },
  {
    name: 'acl token delete',
    synopsis: 'Deletes a token',
    load: () => import('../commands/acl-token-delete.ts'),
  },
  {
    name: 'acl token list',
    synopsis: 'Lists the tokens',
    load: () => import('../commands/acl-token-list.ts'),
  },
  {
    name: 'acl token read',
    synopsis: 'Shows a token',
    load: () => import('../commands/acl-token-read.ts'),
  },
  {
    name: 'acl token update',
    synopsis: 'Changes a token',
    load: () => import('../commands/acl-token-update.ts'),
  },
  {
    name: 'acl translate-rules',
    synopsis: "Prints rules of before 1.4 in today's syntax",
    load: () => import('../commands/acl-translate-rules.ts'),
  },
];
