import type { ConnectionOptions } from 'node:tls';

/** Where an agent listens and how to talk to it. */
export interface Endpoint {
  /** Start of every URL in messages: `http://127.0.0.1:8500`. */
  readonly baseUrl: string;
  /** Value of the Host header. */
  readonly authority: string;
  /** Path of a unix socket; undefined for TCP. */
  readonly socketPath: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Undefined for plain text. */
  readonly tls: TlsSettings | undefined;
  /** Sent with every request: token, authorization. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Files are read when the first connection is made. */
export interface TlsSettings {
  readonly caFile: string;
  readonly caPath: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly serverName: string;
  readonly verify: boolean;
}

export type TlsMaterial = Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>;

/** Settings as flags and environment give them; '' where not given. */
export interface EndpointSettings {
  readonly address: string;
  readonly token: string;
  readonly tokenFile: string;
  readonly auth: string;
  readonly ssl: boolean;
  readonly sslVerify: boolean;
  readonly caFile: string;
  readonly caPath: string;
  readonly clientCert: string;
  readonly clientKey: string;
  readonly tlsServerName: string;
}

const DEFAULT_ADDRESS = '127.0.0.1:8500';

/**
 * Turns settings into an endpoint. Addresses are host:port, with http://, https:// or unix:// in front if
 * wanted; without a port the scheme's own, 80 or 443.
 * @param readText reads the token file
 * @throws Error with one line for an address that is none, or an unreadable token file
 */
export function resolveEndpoint(
  settings: EndpointSettings,
  readText: (path: string) => string,
): Endpoint {
  const { scheme, rest } = splitScheme(settings.address || DEFAULT_ADDRESS);
  if (!['', 'http', 'https', 'unix'].includes(scheme)) {
    throw new Error(`Unknown protocol scheme: ${scheme}`);
  }
  // A request for TLS in the environment stands, even where the address says http.
  const secure = scheme === 'https' || (settings.ssl && scheme !== 'unix');
  const common = { headers: authHeaders(settings, readText), tls: tlsOf(settings, secure) };
  if (scheme === 'unix') {
    return {
      ...common,
      baseUrl: `http://${rest}`,
      authority: 'localhost',
      socketPath: rest,
      host: '',
      port: 0,
    };
  }
  const authority = rest.replace(/\/+$/, '');
  const { host, port } = splitHostPort(authority, secure ? 443 : 80);
  const baseUrl = `${secure ? 'https' : 'http'}://${authority}`;
  return { ...common, baseUrl, authority, socketPath: undefined, host, port };
}

function splitScheme(address: string): { readonly scheme: string; readonly rest: string } {
  const at = address.indexOf('://');
  if (at < 0) return { scheme: '', rest: address };
  return { scheme: address.slice(0, at), rest: address.slice(at + 3) };
}

function splitHostPort(
  authority: string,
  defaultPort: number,
): { readonly host: string; readonly port: number } {
  const match = /^(\[[0-9a-fA-F:.%a-z]+\]|[^:/[\]\s]*)(?::(\d{1,5}))?$/.exec(authority);
  const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
  if (!match || port > 65535) {
    throw new Error(`invalid address ${JSON.stringify(authority)}, accepted is HOST:PORT`);
  }
  const host = match[1]!.replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port };
}

function authHeaders(
  settings: EndpointSettings,
  readText: (path: string) => string,
): Record<string, string> {
  const headers: Record<string, string> = {};
  let token = settings.token;
  if (settings.tokenFile !== '') {
    let text: string;
    try {
      text = readText(settings.tokenFile);
    } catch (error) {
      throw new Error(
        `Error loading token file ${settings.tokenFile} : ${(error as Error).message}`,
      );
    }
    token = text.trim() || token;
  }
  if (token !== '') headers['X-Consul-Token'] = plain('token', token);
  if (settings.auth !== '') {
    const credentials = settings.auth.includes(':') ? settings.auth : `${settings.auth}:`;
    headers['Authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  return headers;
}

/** A line break in a header would let its author write headers of his own. */
function plain(what: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  throw new Error(`invalid ${what}: accepted are printable ASCII characters`);
}

function tlsOf(settings: EndpointSettings, secure: boolean): TlsSettings | undefined {
  if (!secure) return undefined;
  return {
    caFile: settings.caFile,
    caPath: settings.caPath,
    certFile: settings.clientCert,
    keyFile: settings.clientKey,
    serverName: settings.tlsServerName,
    verify: settings.sslVerify,
  };
}
