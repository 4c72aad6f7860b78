import { type ConfigKey, key, later } from './key.ts';

/** `acl` and the names it had before. */
export const ACL_KEYS: readonly ConfigKey[] = [
  key('acl.enabled', 'flag', 'Turn the ACL system on.', { fallback: false }),
  key('acl.default_policy', 'text', 'What applies where no rule matches: allow or deny.', {
    fallback: 'allow',
    accepted: ['allow', 'deny'],
  }),
  key(
    'acl.down_policy',
    'text',
    'When the primary is unreachable: allow, deny, extend-cache, async-cache.',
    {
      fallback: 'extend-cache',
      accepted: ['allow', 'deny', 'extend-cache', 'async-cache'],
      tier: 'B',
    },
  ),
  key('acl.policy_ttl', 'duration', 'How long a policy is cached.', {
    fallback: '30s',
    tier: 'B',
  }),
  key('acl.token_ttl', 'duration', 'How long a resolved token is cached.', {
    fallback: '30s',
    tier: 'B',
  }),
  key('acl.role_ttl', 'duration', 'How long a role is cached.', {
    fallback: '0s',
    tier: 'B',
  }),
  key(
    'acl.disabled_ttl',
    'duration',
    'How long a client believes the servers that ACLs are off; not settable by users.',
    { fallback: '120s', settable: false, tier: 'C' },
  ),
  key('acl.enable_key_list_policy', 'flag', 'Recursive key reads need the list right.', {
    fallback: false,
    ...later('ACLs'),
    tier: 'B',
  }),
  key(
    'acl.enable_token_persistence',
    'flag',
    'Keep tokens set through /v1/agent/token in data_dir.',
    { fallback: false, tier: 'B' },
  ),
  key('acl.enable_token_replication', 'flag', 'Replicate tokens to secondary datacenters.', {
    fallback: false,
    ...later('ACLs'),
    tier: 'C',
  }),
  key('acl.msp_disable_bootstrap', 'flag', 'No bootstrap by managed service providers.', {
    fallback: false,
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('acl.tokens.master', 'text', 'Secret of the management token that servers create at start.', {
    reloadable: true,
    secret: true,
  }),
  key('acl.tokens.agent_master', 'text', 'Secret that works on this agent even without servers.', {
    reloadable: true,
    secret: true,
    tier: 'B',
  }),
  key('acl.tokens.agent', 'text', "Token of the agent's own catalog writes.", {
    reloadable: true,
    secret: true,
    tier: 'B',
  }),
  key('acl.tokens.default', 'text', 'Token used for requests that carry none.', {
    reloadable: true,
    secret: true,
    tier: 'B',
  }),
  key('acl.tokens.replication', 'text', 'Token for ACL replication.', {
    reloadable: true,
    secret: true,
    tier: 'C',
  }),
  key('acl.tokens.managed_service_provider', 'objects', 'Tokens of managed service providers.', {
    reloadable: true,
    secret: true,
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('acl_agent_master_token', 'text', 'Old name of acl.tokens.agent_master.', {
    secret: true,
    oldNameOf: 'acl.tokens.agent_master',
    tier: 'C',
  }),
  key('acl_agent_token', 'text', 'Old name of acl.tokens.agent.', {
    secret: true,
    oldNameOf: 'acl.tokens.agent',
    tier: 'C',
  }),
  key('acl_datacenter', 'text', 'Old name of primary_datacenter; setting it turns ACLs on.', {
    oldNameOf: 'primary_datacenter',
    tier: 'C',
  }),
  key('acl_default_policy', 'text', 'Old name of acl.default_policy.', {
    fallbackDoc: 'allow',
    oldNameOf: 'acl.default_policy',
    tier: 'C',
  }),
  key('acl_disabled_ttl', 'duration', 'Old name of acl.disabled_ttl.', {
    settable: false,
    oldNameOf: 'acl.disabled_ttl',
    tier: 'C',
  }),
  key('acl_down_policy', 'text', 'Old name of acl.down_policy.', {
    fallbackDoc: 'extend-cache',
    oldNameOf: 'acl.down_policy',
    tier: 'C',
  }),
  key('acl_enable_key_list_policy', 'flag', 'Old name of acl.enable_key_list_policy.', {
    fallbackDoc: 'false',
    oldNameOf: 'acl.enable_key_list_policy',
    ...later('ACLs'),
    tier: 'C',
  }),
  key('acl_master_token', 'text', 'Old name of acl.tokens.master.', {
    secret: true,
    oldNameOf: 'acl.tokens.master',
    tier: 'C',
  }),
  key('acl_replication_token', 'text', 'Old name of acl.tokens.replication.', {
    secret: true,
    oldNameOf: 'acl.tokens.replication',
    tier: 'C',
  }),
  key('acl_token', 'text', 'Old name of acl.tokens.default.', {
    secret: true,
    oldNameOf: 'acl.tokens.default',
    tier: 'C',
  }),
  key('acl_ttl', 'duration', 'Old name of acl.token_ttl.', {
    fallbackDoc: '30s',
    oldNameOf: 'acl.token_ttl',
    tier: 'C',
  }),
  key('enable_acl_replication', 'flag', 'Old name of acl.enable_token_replication.', {
    fallbackDoc: 'false',
    oldNameOf: 'acl.enable_token_replication',
    ...later('ACLs'),
    tier: 'C',
  }),
  key('acl.tokens.managed_service_provider.accessor_id', 'text', 'Accessor of such a token.', {
    reloadable: true,
    tier: 'C',
  }),
  key('acl.tokens.managed_service_provider.secret_id', 'text', 'Secret of such a token.', {
    reloadable: true,
    tier: 'C',
  }),
];
