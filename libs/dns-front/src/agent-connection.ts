/** Connections to one agent: its WebSocket, and single requests. */
import { type RequestOptions, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { MeshError } from '@mesh/base';
import { WebSocket } from 'ws';
import type { AgentAccess, AgentAddress } from './agent-address.ts';

/** Longest time for a connection to come about, and for an answer, milliseconds. */
const DIAL_MS = 5000;
const ANSWER_MS = 10_000;
/** An answer larger than this is refused: bytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Opens /v1/live of an agent. */
export function openLive(agent: AgentAddress, access: AgentAccess): WebSocket {
  const scheme = agent.secure ? 'wss' : 'ws';
  const host = agent.host.includes(':') ? `[${agent.host}]` : agent.host;
  const url = agent.socketPath
    ? `ws+unix://${agent.socketPath}:/v1/live`
    : `${scheme}://${host}:${agent.port}/v1/live`;
  return new WebSocket(url, {
    ...{ handshakeTimeout: DIAL_MS, maxPayload: MAX_ANSWER_BYTES, perMessageDeflate: false },
    headers: headersOf(access),
    ...tlsOptions(agent, access),
  });
}

/** One GET. @throws MeshError unavailable when there is no answer */
export function getOnce(
  agent: AgentAddress,
  access: AgentAccess,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const options: RequestOptions = {
    ...{ method: 'GET', path, headers: headersOf(access), agent: false, timeout: ANSWER_MS },
    ...(agent.socketPath
      ? { socketPath: agent.socketPath }
      : { host: agent.host, port: agent.port }),
    ...tlsOptions(agent, access),
  };
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) =>
      reject(new MeshError('unavailable', `${agent.text}: ${cause.message}`, { cause }));
    const outgoing = (agent.secure ? secureRequest : request)(options, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) incoming.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      incoming.on('error', fail);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', fail);
    outgoing.end();
  });
}

function headersOf({ token }: AgentAccess): Record<string, string> {
  return token === '' ? {} : { 'X-Consul-Token': token };
}

function tlsOptions(agent: AgentAddress, { tls }: AgentAccess) {
  if (!agent.secure) return {};
  // An address has no SNI, but its certificate is checked all the same.
  const servername = tls.serverName ?? (isIP(agent.host) ? '' : agent.host);
  return {
    ...(tls.ca ? { ca: [...tls.ca] } : {}),
    ...(tls.cert ? { cert: tls.cert, key: tls.key } : {}),
    ...(servername === '' ? {} : { servername }),
    rejectUnauthorized: tls.verify,
  };
}
