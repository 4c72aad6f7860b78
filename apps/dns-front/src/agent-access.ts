import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '@mesh/cli-kit';
import type { AgentAccess } from '@mesh/dns-front';

/** Flags that say how to talk to agents. */
export interface AccessFlags {
  readonly 'ca-file': string;
  readonly 'ca-path': string;
  readonly 'client-cert': string;
  readonly 'client-key': string;
  readonly 'tls-server-name': string;
  readonly token: string;
  readonly 'token-file': string;
}

/**
 * Reads certificates and token; flags stand above the environment.
 * @throws Error naming the file that cannot be read
 */
export function agentAccess(flags: AccessFlags, env: Io['env']): AgentAccess {
  const value = (flag: keyof AccessFlags, variable: string) => flags[flag] || (env[variable] ?? '');
  const tokenFile = value('token-file', 'CONSUL_HTTP_TOKEN_FILE');
  const token = tokenFile === '' ? '' : read('token file', tokenFile).trim();
  const ca = authorities(value('ca-file', 'CONSUL_CACERT'), value('ca-path', 'CONSUL_CAPATH'));
  const cert = value('client-cert', 'CONSUL_CLIENT_CERT');
  const key = value('client-key', 'CONSUL_CLIENT_KEY');
  if ((cert === '') !== (key === '')) {
    throw new Error('a client certificate needs both -client-cert and -client-key');
  }
  const serverName = value('tls-server-name', 'CONSUL_TLS_SERVER_NAME');
  return {
    token: token || value('token', 'CONSUL_HTTP_TOKEN'),
    tls: {
      ...(ca.length > 0 ? { ca } : {}),
      ...(cert === ''
        ? {}
        : { cert: read('client certificate', cert), key: read('client key', key) }),
      ...(serverName === '' ? {} : { serverName }),
      verify: !/^(0|f|false)$/i.test(env['CONSUL_HTTP_SSL_VERIFY'] ?? ''),
    },
  };
}

function authorities(file: string, folder: string): readonly string[] {
  if (file !== '') return [read('CA file', file)];
  if (folder === '') return [];
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => read('CA file', join(folder, name)));
  } catch (error) {
    throw new Error(`CA path ${folder}: ${(error as Error).message}`);
  }
}

function read(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${what} ${path}: ${(error as Error).message}`);
  }
}
