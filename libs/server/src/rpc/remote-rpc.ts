import { MeshError } from '@mesh/base';
import type { ServerPicker } from '@mesh/membership';
import type {
  CallEndpoint,
  CallOptions,
  ReadEndpoint,
  ReadOptions,
  ReadReply,
  Rpc,
  WriteEndpoint,
  WriteOptions,
} from '@mesh/resource';
import type { CallClient } from '@mesh/rpc';
import { endpointCall, hasCode, openAnswer, type WireReply } from './wire.ts';

export interface RemoteRpcOptions {
  readonly calls: CallClient;
  readonly servers: ServerPicker;
  /** How long servers hold a request over an election, milliseconds. */
  readonly holdTimeoutMs: number;
  /** Wait of a blocking query that names none, milliseconds. */
  readonly defaultQueryTimeMs: number;
  /**
   * Datacenter of the servers where it is not the asker's own: requests are marked as having crossed over,
   * so that they are never sent on to a third one. @default the asker's own
   */
  readonly datacenter?: string;
}

/** Time for a request besides all waiting at the server, milliseconds. */
const MARGIN_MS = 10_000;
/** Servers tried before a request fails. */
const MAX_TRIES = 3;

/** RPC to servers elsewhere: of an agent that is none, or to those of another datacenter. */
export class RemoteRpc implements Rpc {
  private readonly options: RemoteRpcOptions;

  constructor(options: RemoteRpcOptions) {
    this.options = options;
  }

  async read<A, R>(
    endpoint: ReadEndpoint<A, R>,
    args: A,
    options: ReadOptions,
  ): Promise<ReadReply<R>> {
    const { consistency, minIndex, maxWaitMs, signal } = options;
    const waitMs = minIndex > 0 ? maxWaitMs || this.options.defaultQueryTimeMs : 0;
    const body = { ...endpointCall(args, options), consistency, minIndex, maxWaitMs };
    // Servers stretch a wait by up to a sixteenth.
    const answer = await this.ask(endpoint.method, body, waitMs * (17 / 16), signal, true);
    return answer as WireReply as ReadReply<R>;
  }

  async write<A, R>(endpoint: WriteEndpoint<A, R>, args: A, options: WriteOptions): Promise<R> {
    const body = endpointCall(args, options);
    return (await this.ask(endpoint.method, body, 0, options.signal, false)) as R;
  }

  async call<A, R>(endpoint: CallEndpoint<A, R>, args: A, options: CallOptions): Promise<R> {
    const body = { ...endpointCall(args, options), server: options.server };
    return (await this.ask(endpoint.method, body, 0, options.signal, false)) as R;
  }

  /** What may be asked twice is asked of another server when one was lost. */
  private async ask(
    method: string,
    body: object,
    waitMs: number,
    signal: AbortSignal | undefined,
    isRepeatable: boolean,
  ): Promise<unknown> {
    const { calls, servers, holdTimeoutMs } = this.options;
    const timeoutMs = Math.ceil(waitMs + 2 * holdTimeoutMs + MARGIN_MS);
    const sent = this.options.datacenter === undefined ? body : { ...body, crossed: true };
    for (let tries = 1; ; tries++) {
      const address = servers.pick();
      if (address === undefined) throw this.noServer();
      let answer: unknown;
      try {
        const settings = { timeoutMs, ...(signal && { signal }) };
        answer = await calls.call(address, method, sent, settings);
      } catch (thrown) {
        const isLost = hasCode(thrown, 'unknown-outcome');
        if (!isLost && !hasCode(thrown, 'unavailable')) throw thrown;
        servers.failed(address);
        if (isLost && !isRepeatable) throw thrown;
        if (tries >= MAX_TRIES) throw this.noAnswer(thrown);
        continue;
      }
      return openAnswer(answer);
    }
  }

  private noServer(): MeshError {
    const isElsewhere = this.options.datacenter !== undefined;
    const why = isElsewhere ? 'No path to datacenter' : 'No known Consul servers';
    return new MeshError('no-servers', why);
  }

  private noAnswer(cause: unknown): MeshError {
    const { datacenter } = this.options;
    const why = cause instanceof Error ? cause.message : String(cause);
    const where = datacenter === undefined ? '' : `no server of datacenter "${datacenter}": `;
    return new MeshError('no-servers', `rpc error making call: ${where}${why}`, { cause });
  }
}
