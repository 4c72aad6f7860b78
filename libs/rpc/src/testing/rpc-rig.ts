import { type AddressInfo, createServer } from 'node:net';
import {
  type Clock,
  type Component,
  type Metrics,
  silentLogger,
  type Timer,
  type Timers,
} from '@mesh/base';
import {
  type CallClient,
  type CallClientOptions,
  type CallHandler,
  createCallClient,
  type OutgoingTls,
  RpcServer,
  type RpcServerOptions,
} from '../index.ts';
import { OutgoingStream } from '../stream/outgoing-stream.ts';
import { METHODS } from '../stream/protocol.ts';
import type { StreamEnd } from '../stream/stream-end.ts';

/** The process's own time. */
export const realTime: { readonly clock: Clock; readonly timers: Timers } = {
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  timers: {
    after(delayMs: number, callback: () => void): Timer {
      const timeout = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(timeout) };
    },
  },
};

/** Counters by name, and by name and reason. */
export class CountingMetrics implements Metrics {
  readonly counts = new Map<string, number>();

  count(name: string, value = 1): void {
    this.counts.set(name, this.of(name) + value);
  }

  gauge(): void {}

  sample(): void {}

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }
}

/** Resolves when `holds` does; rejects after five seconds. */
export async function until(holds: () => boolean, what = 'the condition'): Promise<void> {
  const deadlineMs = performance.now() + 5000;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A promise and its ends. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Servers and clients on loopback that stop with the test. */
export class RpcRig {
  readonly metrics = new CountingMetrics();
  private readonly components: Component[] = [];

  async server(handler: CallHandler, more: Partial<RpcServerOptions> = {}): Promise<RpcServer> {
    const server = new RpcServer({
      bindAddress: '127.0.0.1',
      port: 0,
      handler,
      timers: realTime.timers,
      logger: silentLogger,
      metrics: this.metrics,
      ...more,
    });
    this.components.push(server);
    await server.start();
    return server;
  }

  client(more: Partial<CallClientOptions> = {}): CallClient & Component {
    const client = createCallClient({ ...realTime, ...more });
    this.components.push(client);
    return client;
  }

  /** Opens a control stream of Raft; resolves with `accepted` when it was, else with why not. */
  openRaft(target: string, tls: OutgoingTls, accepted: () => boolean): Promise<string> {
    return new Promise((resolve) => {
      const dial = { tls, timers: realTime.timers, connectTimeoutMs: 3000 };
      const silent = { opened() {}, frame() {}, writable() {} };
      const ends = { from: 'x' };
      let isOver = false;
      const ended = ({ message }: StreamEnd) => {
        isOver = true;
        resolve(message);
      };
      const stream = new OutgoingStream(target, METHODS.control, dial, { ...silent, ended }, ends);
      until(() => isOver || accepted(), 'the stream')
        .then(() => resolve('accepted'))
        .catch(() => resolve('no answer'))
        .finally(() => stream.close());
    });
  }

  /** Stops it with the rest. */
  keep<T extends Component>(component: T): T {
    this.components.push(component);
    return component;
  }

  async stop(): Promise<void> {
    for (const component of this.components.splice(0).reverse()) await component.stop();
  }
}

export const address = (server: RpcServer): string => `127.0.0.1:${server.port}`;
