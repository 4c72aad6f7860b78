import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authorizer, MANAGE_ALL } from '@mesh/acl';
import { createLoginVerifier } from '@mesh/acl-login';
import { AgentTokens, LocalAuthorizers, type SaveTokens, type TokenSet } from '@mesh/agent';
import { type Logger, MeshError, type Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { Rpc } from '@mesh/resource';
import type { ServerOptions } from '@mesh/server';

/** Keeps tokens that were set over the API, in the original's place and form. */
const TOKENS_FILE = 'acl-tokens.json';
/** An operator puts the index of the last bootstrap here to be allowed another. */
const RESET_FILE = 'acl-bootstrap-reset';

const FIELDS: Readonly<Record<keyof TokenSet, string>> = {
  default: 'default',
  agent: 'agent',
  agentMaster: 'agent_master',
  replication: 'replication',
};

/** The ACLs of a server as configured; nothing where they are off. */
export function configuredAcls(
  { acl, dataDir }: RuntimeConfig,
  { clock }: Platform,
): { readonly acl: ServerOptions['acl'] } {
  if (!acl.enabled) return { acl: undefined };
  return {
    acl: {
      defaultPolicy: acl.defaultPolicy,
      masterSecret: acl.masterToken,
      verifier: createLoginVerifier({ clock }),
      bootstrapResetIndex: () => readResetIndex(dataDir),
    },
  };
}

function readResetIndex(dataDir: string): number {
  const file = join(dataDir, RESET_FILE);
  if (dataDir === '' || !existsSync(file)) return 0;
  const index = Number(readFileSync(file, 'utf8').trim());
  return Number.isSafeInteger(index) && index > 0 ? index : 0;
}

/** Tokens of the agent: the configuration's, and those that were set over the API where they are kept. */
export function agentTokens(
  { acl, aclTokens, dataDir }: Pick<RuntimeConfig, 'acl' | 'aclTokens' | 'dataDir'>,
  logger: Logger,
): AgentTokens {
  if (!acl.enabled || !acl.persistsTokens || dataDir === '') return new AgentTokens(aclTokens);
  const file = join(dataDir, TOKENS_FILE);
  return new AgentTokens(aclTokens, readTokens(file, logger), saveTo(dataDir, file));
}

function readTokens(file: string, logger: Logger): Partial<TokenSet> {
  if (!existsSync(file)) return {};
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
    const out: Partial<Record<keyof TokenSet, string>> = {};
    for (const [kind, field] of Object.entries(FIELDS) as [keyof TokenSet, string][]) {
      const value = stored[field];
      if (typeof value === 'string') out[kind] = value;
    }
    return out;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    logger.error('cannot read the tokens that were kept, they have to be set again', {
      file,
      error: why,
    });
    return {};
  }
}

/** Written beside its place and moved there; for the owner's eyes alone. */
function saveTo(folder: string, file: string): SaveTokens {
  return async (given) => {
    const fields = Object.entries(given).map(([kind, token]) => [
      FIELDS[kind as keyof TokenSet],
      token,
    ]);
    try {
      await mkdir(folder, { recursive: true });
      const handle = await open(`${file}.tmp`, 'w', 0o600);
      try {
        await handle.writeFile(JSON.stringify(Object.fromEntries(fields)));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}.tmp`, file);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new MeshError('unavailable', `cannot keep the token in ${file}: ${why}`, { cause });
    }
  };
}

interface LocalParts {
  readonly config: RuntimeConfig;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly access: {
    readonly rpc: Rpc;
    readonly authorizerOf?: (token: string) => Authorizer;
  };
  readonly tokens: AgentTokens;
}

/** What bearers of tokens may do with this agent. */
export function localAuthorizers({
  config,
  platform,
  logger,
  access,
  tokens,
}: LocalParts): (token: string) => Promise<Authorizer> {
  const { acl, nodeName } = config;
  if (!acl.enabled) return async () => MANAGE_ALL;
  const authorizers = new LocalAuthorizers({
    rpc: access.rpc,
    clock: platform.clock,
    logger: logger.named('acl'),
    nodeName,
    defaultPolicy: acl.defaultPolicy,
    downPolicy: acl.downPolicy,
    ttlMs: acl.tokenTtlMs,
    agentMaster: () => tokens.get('agentMaster'),
    ...(access.authorizerOf && { server: access.authorizerOf }),
  });
  return (token) => authorizers.of(token);
}
