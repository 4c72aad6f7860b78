import { type IncomingMessage, request } from 'node:http';
import { MeshError } from '@mesh/base';
import { cutBytes } from '../probe.ts';

const DEFAULT_SOCKET = '/var/run/docker.sock';
/** Largest answer of the engine besides a program's output, bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Most of the engine's words that are repeated in an error, bytes. */
const MAX_MESSAGE_BYTES = 1024;
/** Bytes before each piece of a program's output: stream, three zeros, length (big-endian). */
const FRAME_HEADER_BYTES = 8;

type EngineAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: string };

/** The calls of the Docker Engine API that running a program in a container takes (its "Exec" section). */
export class DockerEngine {
  private readonly host: string;
  private readonly signal: AbortSignal;

  /** `host` as in DOCKER_HOST: `unix:///path`, `tcp://host:port`; empty for the usual socket. */
  constructor(host: string, signal: AbortSignal) {
    this.host = host;
    this.signal = signal;
  }

  /** Prepares a program in a container; resolves to the exec's id. */
  async createExec(container: string, command: readonly string[]): Promise<string> {
    const path = `/containers/${encodeURIComponent(container)}/exec`;
    const settings = { AttachStdout: true, AttachStderr: true, Tty: false, Cmd: command };
    const { Id } = await this.json('POST', path, settings);
    if (typeof Id !== 'string' || Id === '') throw unusable('an exec without an id');
    return encodeURIComponent(Id);
  }

  /** Runs the program and resolves when it has ended; both its streams go to `onOutput`. */
  async startExec(id: string, onOutput: (chunk: Buffer) => void): Promise<void> {
    const answer = await this.call('POST', `/exec/${id}/start`, { Detach: false, Tty: false });
    const frames = new FrameReader(onOutput);
    await consume(answer, (chunk) => frames.push(chunk));
  }

  async exitCode(id: string): Promise<unknown> {
    return (await this.json('GET', `/exec/${id}/json`))['ExitCode'];
  }

  private async json(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Record<string, unknown>> {
    const text = await readText(await this.call(method, path, body));
    try {
      const value: unknown = JSON.parse(text);
      if (value !== null && typeof value === 'object') return value as Record<string, unknown>;
    } catch {
      // Said below.
    }
    throw unusable('something that is no JSON object');
  }

  /** Resolves to a successful answer, its body unread. */
  private call(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers: Record<string, string | number> = { Host: 'docker' };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      headers['Content-Length'] = Buffer.byteLength(text);
    }
    return new Promise((resolve, reject) => {
      const to = engineAddress(this.host);
      const outgoing = request({ ...to, method, path, headers, signal: this.signal, agent: false });
      // Stays for the request's life: an error without a listener would end the process.
      outgoing.on('error', (error) => {
        const why = `cannot reach the Docker engine: ${error.message}`;
        reject(new MeshError('unavailable', why, { cause: error }));
      });
      outgoing.once('response', (answer) => {
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(answer);
        else readText(answer).then((words) => reject(refused(status, words)), reject);
      });
      outgoing.end(text);
    });
  }
}

function engineAddress(host: string): EngineAddress {
  if (host === '') return { socketPath: DEFAULT_SOCKET };
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (/^(tcp|http):\/\//.test(host) && URL.canParse(host)) {
    const { hostname, port } = new URL(host.replace(/^tcp:/, 'http:'));
    return { host: hostname.replace(/^\[|\]$/g, ''), port: port || '2375' };
  }
  throw new MeshError(
    'invalid-argument',
    `DOCKER_HOST is "${host}", want unix:///path or tcp://host:port`,
  );
}

function unusable(what: string): MeshError {
  return new MeshError('unavailable', `the Docker engine answered ${what}`);
}

function refused(status: number, words: string): MeshError {
  const said = cutBytes(words.trim(), MAX_MESSAGE_BYTES);
  return new MeshError('unavailable', `the Docker engine answered ${status}: ${said}`);
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  await consume(answer, (chunk) => {
    lengthBytes += chunk.length;
    if (lengthBytes > MAX_ANSWER_BYTES) answer.destroy(unusable('too much'));
    else chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString();
}

/** Rejects when the answer breaks off. */
function consume(answer: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    answer.on('data', onChunk);
    answer.on('error', reject);
    answer.once('end', resolve);
    answer.once('close', () => reject(unusable('only in part')));
  });
}

/** Takes the engine's multiplexed stream apart, in whatever pieces it comes. */
class FrameReader {
  private header = Buffer.alloc(0);
  private leftBytes = 0;
  private readonly onOutput: (chunk: Buffer) => void;

  constructor(onOutput: (chunk: Buffer) => void) {
    this.onOutput = onOutput;
  }

  push(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0; ) {
      if (this.leftBytes > 0) {
        const piece = rest.subarray(0, this.leftBytes);
        this.leftBytes -= piece.length;
        this.onOutput(piece);
        rest = rest.subarray(piece.length);
        continue;
      }
      const missing = FRAME_HEADER_BYTES - this.header.length;
      this.header = Buffer.concat([this.header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (this.header.length < FRAME_HEADER_BYTES) return;
      this.leftBytes = this.header.readUInt32BE(4);
      this.header = Buffer.alloc(0);
    }
  }
}
