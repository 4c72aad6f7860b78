import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import type { Component, Logger, Metrics, Timer, Timers } from '@mesh/base';
import { MIB } from '@mesh/base';
import { type CallLimits, CallService } from './calls/call-service.ts';
import { FrontDoor } from './stream/front-door.ts';
import { IncomingStream } from './stream/incoming-stream.ts';
import { Listener, type ListenerLimits } from './stream/listener.ts';
import {
  identity,
  MAX_FRAME_BYTES,
  METADATA,
  METHODS,
  PROTOCOL_VERSION,
} from './stream/protocol.ts';
import { type IncomingTls, isFor } from './stream/tls.ts';
import type { CallHandler } from './types.ts';

/** Takes the streams that carry Raft; RaftTransport is one. */
export interface TransportSink {
  acceptMessages(path: 'control' | 'bulk', stream: IncomingStream): void;
  acceptSnapshot(stream: IncomingStream): void;
}

/** Bounds on what others may do to an RPC server. Each has the default that its docstring names. */
export interface RpcServerLimits extends ListenerLimits, CallLimits {
  /** Streams on one connection. @default 16 */
  readonly maxStreamsPerConnection: number;
}

const DEFAULT_LIMITS: RpcServerLimits = {
  maxConnections: 4096,
  maxConnectionsPerAddress: 100,
  handshakeTimeoutMs: 5000,
  maxStreamsPerConnection: 16,
  maxCallsPerStream: 8192,
  maxUnsentBytes: 64 * MIB,
};

export interface RpcServerOptions {
  /** IP address to listen on. */
  readonly bindAddress: string;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  readonly handler: CallHandler;
  /** Without it, streams that carry Raft are refused. */
  readonly transportSink?: TransportSink;
  /** Without it, plain connections alone. */
  readonly tls?: IncomingTls;
  /** Streams that say another datacenter are refused. Without it, all datacenters may call. */
  readonly datacenter?: string;
  readonly timers: Timers;
  /** Named agent.server.rpc, say. */
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<RpcServerLimits>;
}

type Accept = (stream: IncomingStream) => void;

/** The RPC port of an agent: calls, and Raft where the agent is a server. */
export class RpcServer implements Component {
  readonly name = 'rpc-server';
  private readonly options: RpcServerOptions;
  private readonly limits: RpcServerLimits;
  private readonly streams = new Set<IncomingStream>();
  private running: { grpc: Server; listener: Listener; port: number } | undefined;
  private starting: Promise<void> | undefined;
  private warned: Timer | undefined;

  constructor(options: RpcServerOptions) {
    this.options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** The port it listens on, which differs from the option where that is 0. 0 before the start. */
  get port(): number {
    return this.running?.port ?? 0;
  }

  /**
   * @throws MeshError `unavailable` naming address and port when it cannot listen there
   */
  start(): Promise<void> {
    this.starting ??= this.listen().catch((error) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  /** Ends every stream and connection at once; calls under way are aborted. */
  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    this.starting = undefined;
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    this.warned?.cancel();
    this.warned = undefined;
    for (const stream of this.streams) stream.refuse('stopping', 'the server is stopping');
    // One turn for the words of farewell to go out.
    await new Promise(setImmediate);
    running.grpc.forceShutdown();
    await running.listener.close();
  }

  private async listen(): Promise<void> {
    const grpc = this.grpcServer();
    // TLS is the door's: gRPC is given connections that have been let in.
    const insecure = ServerCredentials.createInsecure();
    const injector: ConnectionInjector = grpc.createConnectionInjector(insecure);
    const { timers, metrics, bindAddress, port, tls } = this.options;
    const door = new FrontDoor(tls, {
      admitted: (socket) => injector.injectConnection(socket),
      refused: (from, reason) => {
        metrics.count('rpc.tls_refused');
        this.warn('refused a connection', from, reason);
      },
    });
    const listener = new Listener(this.limits, timers, metrics, (socket) => door.take(socket));
    const boundPort = await listener.listen(bindAddress, port);
    this.running = { grpc, listener, port: boundPort };
    this.options.logger.debug('RPC listening', { address: `${bindAddress}:${boundPort}` });
  }

  private grpcServer(): Server {
    const grpc = new Server({
      'grpc.enable_channelz': 0,
      'grpc.max_concurrent_streams': this.limits.maxStreamsPerConnection,
      'grpc.max_receive_message_length': MAX_FRAME_BYTES,
      'grpc.max_send_message_length': MAX_FRAME_BYTES,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
      'grpc.max_connection_idle_ms': 60_000,
    });
    const { handler, timers, metrics, transportSink: sink } = this.options;
    const parts = { handler, timers, metrics, limits: this.limits };
    const unsupported: Accept = (stream) =>
      stream.refuse('unsupported', 'this agent is not a server');
    const accept: Record<keyof typeof METHODS, Accept> = {
      calls: (stream) => stream.listen(new CallService(stream, parts)),
      control: sink ? this.fromServer((one) => sink.acceptMessages('control', one)) : unsupported,
      bulk: sink ? this.fromServer((one) => sink.acceptMessages('bulk', one)) : unsupported,
      snapshot: sink ? this.fromServer((one) => sink.acceptSnapshot(one)) : unsupported,
    };
    for (const [name, path] of Object.entries(METHODS)) {
      grpc.register(
        path,
        (call: ServerDuplexStream<Buffer, Buffer>) =>
          this.admit(call, accept[name as keyof typeof METHODS]),
        identity,
        identity,
        'bidi',
      );
    }
    return grpc;
  }

  /** Streams that only servers may open. */
  private fromServer(accept: Accept): Accept {
    const name = this.options.tls?.raftName;
    if (name === undefined) return accept;
    return (stream) => {
      if (isFor(name, stream.certificate())) {
        accept(stream);
        return;
      }
      const why = `the certificate of a server must be for ${name}`;
      stream.refuse('forbidden', why);
      this.options.metrics.count('rpc.stream_refused');
      this.warn('refused a stream', stream.remoteAddress, why);
    };
  }

  private admit(call: ServerDuplexStream<Buffer, Buffer>, accept: Accept): void {
    const stream = new IncomingStream(call);
    const mismatch = this.mismatch(stream);
    if (mismatch !== undefined || !this.running) {
      stream.refuse(mismatch ? 'mismatch' : 'stopping', mismatch ?? 'the server is stopping');
      this.options.metrics.count('rpc.stream_refused');
      this.warn('refused a stream', stream.remoteAddress, mismatch);
      return;
    }
    this.running.listener.established(stream.remoteAddress);
    this.streams.add(stream);
    stream.onEnd(() => this.streams.delete(stream));
    accept(stream);
  }

  /** Says it once a minute: whoever is refused may come back many times a second. */
  private warn(what: string, from: string, reason: string | undefined): void {
    if (this.warned) return;
    this.warned = this.options.timers.after(60_000, () => {
      this.warned = undefined;
    });
    this.options.logger.warn(what, { from, reason });
  }

  /** What is wrong with how a stream introduces itself. */
  private mismatch(stream: IncomingStream): string | undefined {
    const protocol = stream.metadata(METADATA.protocol);
    if (!/^[1-9][0-9]{0,5}$/.test(protocol)) return 'the stream names no protocol version';
    if (Number(protocol) > PROTOCOL_VERSION) {
      return `protocol version ${protocol} is newer than this server's, ${PROTOCOL_VERSION}`;
    }
    const theirs = stream.metadata(METADATA.datacenter);
    const ours = this.options.datacenter;
    if (ours !== undefined && theirs !== '' && theirs !== ours) {
      return `this server is in datacenter "${ours}", not "${theirs.slice(0, 64)}"`;
    }
    return undefined;
  }
}
