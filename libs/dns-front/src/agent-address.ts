import { invalid } from '@mesh/base';

/** Where an agent's HTTP API is. */
export interface AgentAddress {
  /** As it was written, for messages. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Unix socket instead of host and port. */
  readonly socketPath?: string;
}

/** What TLS connections to agents use; the contents of files. */
export interface AgentTls {
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  /** Name that certificates must carry; undefined for the host of the address. */
  readonly serverName?: string;
  /** False accepts any certificate. */
  readonly verify: boolean;
}

/** How to talk to agents; read anew for each connection, so that a renewed certificate or token counts. */
export interface AgentAccess {
  readonly token: string;
  readonly tls: AgentTls;
}

/**
 * Reads HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix://PATH; without a port 8500, with https 8501.
 * @throws MeshError invalid-argument
 */
export function parseAgentAddress(text: string): AgentAddress {
  if (text.startsWith('unix://')) {
    return { text, host: 'localhost', port: 0, secure: false, socketPath: text.slice(7) };
  }
  const match = /^(?:(https?):\/\/)?(\[[0-9a-fA-F:.]+\]|[^:/[\]\s]+)(?::(\d{1,5}))?\/?$/.exec(text);
  const secure = match?.[1] === 'https';
  const port = match?.[3] === undefined ? (secure ? 8501 : 8500) : Number(match[3]);
  if (!match || port < 1 || port > 65_535) {
    throw invalid(
      `agent address ${JSON.stringify(text)}: must be HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix://PATH`,
    );
  }
  return { text, host: match[2]!.replace(/^\[|\]$/g, ''), port, secure };
}
