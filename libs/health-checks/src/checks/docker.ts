import { type IncomingMessage, request } from 'node:http';
import type { CheckDefinition } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { critical, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult } from '../types.ts';
import { OutputBuffer } from './output-buffer.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_SOCKET = '/var/run/docker.sock';
/** Largest answer of the engine besides the program's output, bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

interface EngineAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** Runs a program inside a container by the Docker Engine's API (exec). Exit status as for scripts. */
export function dockerProbe(definition: CheckDefinition, deps: CheckDeps): Probe {
  const { dockerContainerId: container, args, shell } = definition;
  const command = [shell || process.env['SHELL'] || '/bin/sh', '-c', args.join(' ')];
  return {
    type: 'docker',
    run: async (signal) => {
      const abort = new AbortController();
      const timer = deps.platform.timers.after(definition.timeoutMs || DEFAULT_TIMEOUT_MS, () =>
        abort.abort(),
      );
      const stop = () => abort.abort();
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await execute(container, command, deps.outputMaxBytes, abort.signal);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return critical(`docker check of container "${container}": ${why}`);
      } finally {
        timer.cancel();
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

async function execute(
  container: string,
  command: readonly string[],
  outputMaxBytes: number,
  signal: AbortSignal,
): Promise<CheckResult> {
  const create = { AttachStdout: true, AttachStderr: true, Tty: false, Cmd: command };
  const path = `/containers/${encodeURIComponent(container)}/exec`;
  const id = String((await callJson('POST', path, create, signal))['Id'] ?? '');
  const output = new OutputBuffer(outputMaxBytes);
  const start = await call('POST', `/exec/${id}/start`, { Detach: false, Tty: false }, signal);
  for (const chunk of frames(start.body)) output.append(chunk);
  const inspect = await callJson('GET', `/exec/${id}/json`, undefined, signal);
  const code = inspect['ExitCode'];
  const status = code === 0 ? 'passing' : code === 1 ? 'warning' : 'critical';
  return { status, output: output.toString() };
}

async function callJson(
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const answer = await call(method, path, body, signal);
  const value: unknown = JSON.parse(answer.body.toString() || '{}');
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

function call(
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...engineAddress(),
      method,
      path,
      signal,
      agent: false,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    });
    outgoing.once('error', (error: NodeJS.ErrnoException) =>
      reject(new MeshError('unavailable', `cannot reach the Docker engine: ${error.message}`)),
    );
    outgoing.once('response', (answer) => {
      collect(answer).then((bytes) => {
        const status = answer.statusCode ?? 0;
        if (status < 300) resolve({ status, body: bytes });
        else reject(new MeshError('unavailable', `engine answered ${status}: ${bytes}`));
      }, reject);
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** DOCKER_HOST as `unix:///path` or `tcp://host:port`, else the usual socket. */
function engineAddress(): { socketPath: string } | { host: string; port: string } {
  const host = process.env['DOCKER_HOST'] ?? '';
  if (host.startsWith('tcp://')) {
    const { hostname, port } = new URL(host);
    return { host: hostname, port: port || '2375' };
  }
  return { socketPath: host.startsWith('unix://') ? host.slice('unix://'.length) : DEFAULT_SOCKET };
}

function collect(answer: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    answer.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
    });
    answer.once('end', () => resolve(Buffer.concat(chunks)));
    answer.once('error', reject);
  });
}

/** The engine's multiplexed stream: 8 bytes of header, the last four the length, then the bytes. */
function* frames(body: Buffer): Iterable<Buffer> {
  for (let at = 0; at + 8 <= body.length; ) {
    const length = body.readUInt32BE(at + 4);
    yield body.subarray(at + 8, Math.min(body.length, at + 8 + length));
    at += 8 + length;
  }
}
