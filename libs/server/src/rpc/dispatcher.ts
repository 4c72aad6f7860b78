import { invalid, type Logger, MeshError } from '@mesh/base';
import type { BoundCall, ReadEndpoint, Resource, WriteEndpoint } from '@mesh/resource';
import type { CallContext, CallHandler } from '@mesh/rpc';
import type { ServerRpc } from './server-rpc.ts';
import {
  decodeEndpointCall,
  type EndpointAnswer,
  type EndpointCall,
  readOptionsOf,
  type WireReply,
} from './wire.ts';
import { WRITE_ARGUMENTS } from './write-arguments.ts';

/** A method that is no endpoint of a resource; its answer is plain data. Throws MeshError. */
export type ServerMethod = (body: unknown, context: CallContext) => unknown;

export interface DispatcherOptions {
  readonly rpc: ServerRpc;
  readonly resources: readonly Resource[];
  /** By method name. */
  readonly methods: Readonly<Record<string, ServerMethod>>;
  readonly logger: Logger;
}

type Serve = (call: EndpointCall, context: CallContext) => Promise<unknown>;

/** Answers the calls of other agents: every endpoint of the resources, by method name. */
export class Dispatcher {
  private readonly table = new Map<string, Serve>();
  private readonly methods: ReadonlyMap<string, ServerMethod>;
  private readonly rpc: ServerRpc;
  private readonly logger: Logger;

  constructor({ rpc, resources, methods, logger }: DispatcherOptions) {
    this.rpc = rpc;
    this.logger = logger;
    this.methods = new Map(Object.entries(methods));
    for (const { endpoints, calls = [] } of resources) {
      for (const endpoint of endpoints) this.add(endpoint.method, this.serveEndpoint(endpoint));
      for (const call of calls) this.add(call.endpoint.method, this.serveCall(call));
    }
  }

  /** For the RPC server. */
  readonly handle: CallHandler = async (method, body, context) => {
    const own = this.methods.get(method);
    if (own) return own(body, context);
    const serve = this.table.get(method);
    if (!serve) throw new MeshError('not-found', `rpc: can't find method ${method}`);
    const call = decodeEndpointCall(body);
    try {
      if (call.crossed) this.rpc.requireLocal(call.datacenter);
      return { ok: await serve(call, context) } satisfies EndpointAnswer;
    } catch (thrown) {
      const { code, message } = MeshError.from(thrown);
      return { code, message } satisfies EndpointAnswer;
    }
  };

  private add(method: string, serve: Serve): void {
    if (this.table.has(method) || this.methods.has(method)) {
      throw new Error(`method ${method} declared twice`);
    }
    this.table.set(method, serve);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed endpoints
  private serveEndpoint(endpoint: ReadEndpoint<any, any> | WriteEndpoint<any, any>): Serve {
    return endpoint.kind === 'read' ? this.serveRead(endpoint) : this.serveWrite(endpoint);
  }

  private serveRead(endpoint: ReadEndpoint<unknown, unknown>): Serve {
    const guarded: typeof endpoint = {
      ...endpoint,
      run: (view, args, context) =>
        this.guard(endpoint.method, () => endpoint.run(view, args, context)),
    };
    return async (call, { signal }) => {
      const reply = await this.rpc.read(guarded, call.args, readOptionsOf(call, signal));
      const { value, index, knownLeader, lastContactMs } = reply;
      return { value, index, knownLeader, lastContactMs } satisfies WireReply;
    };
  }

  private serveWrite(endpoint: WriteEndpoint<unknown, unknown>): Serve {
    const { method } = endpoint;
    const fits = WRITE_ARGUMENTS[method];
    const guarded: typeof endpoint = {
      ...endpoint,
      prepare: (args, context) => {
        if (fits && !fits(args)) throw unfit(method);
        return this.guard(method, () => endpoint.prepare(args, context));
      },
    };
    return ({ args, datacenter, token, forwarded }, { signal }) =>
      forwarded
        ? this.rpc.writeAsLeader(guarded, args, { token })
        : this.rpc.write(guarded, args, { datacenter, token, signal });
  }

  private serveCall({ endpoint }: BoundCall): Serve {
    const { method } = endpoint;
    return ({ args, datacenter, token, server, forwarded }, { signal }) =>
      forwarded
        ? this.rpc.callAsLeader(method, args, { token })
        : this.rpc.call(endpoint, args, { datacenter, token, server, signal });
  }

  /** Endpoints trust the types of their arguments; a caller elsewhere is not bound by types. */
  private guard<T>(method: string, run: () => T): T {
    try {
      return run();
    } catch (thrown) {
      if (thrown instanceof MeshError) throw thrown;
      this.logger.debug('Call with unfit arguments', { method, error: String(thrown) });
      throw unfit(method);
    }
  }
}

function unfit(method: string): MeshError {
  return invalid(`${method}: the arguments do not fit`);
}
