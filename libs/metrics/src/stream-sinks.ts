import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket as TcpSocket } from 'node:net';
import {
  type Component,
  type Logger,
  MeshError,
  type MetricLabels,
  type Timer,
  type Timers,
} from '@mesh/base';
import type { MetricsSink } from './sink.ts';
import { dogstatsdLine, type MetricKind, statsdLine } from './statsd-lines.ts';

/** Lines wait this long for company, milliseconds. */
const FLUSH_MS = 100;
/** Payload of one datagram that fits an Ethernet frame. */
const MAX_DATAGRAM_BYTES = 1400;
/** Lines waiting to be sent; more are dropped, as losing measurements beats losing memory. */
const MAX_PENDING_LINES = 10_000;
/** Pause before a lost statsite connection is tried again, milliseconds. */
const RECONNECT_MS = 5000;

export interface StreamSinkOptions {
  /** `host:port`. */
  readonly address: string;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** A sink with a connection of its own. */
export interface RemoteSink extends MetricsSink, Component {}

/** statsd over UDP. Throws `invalid-argument` on a bad address. */
export function createStatsdSink(options: StreamSinkOptions): RemoteSink {
  return new LineSink('statsd', options, new UdpTransport(options), statsdLine);
}

/** DogStatsD over UDP: statsd with tags. Throws `invalid-argument` on a bad address. */
export function createDogstatsdSink(
  options: StreamSinkOptions & { readonly tags: readonly string[] },
): RemoteSink {
  return new LineSink(
    'dogstatsd',
    options,
    new UdpTransport(options),
    (kind, name, value, labels) => dogstatsdLine(kind, name, value, labels, options.tags),
  );
}

/** statsite over TCP. Throws `invalid-argument` on a bad address. */
export function createStatsiteSink(options: StreamSinkOptions): RemoteSink {
  return new LineSink('statsite', options, new TcpTransport(options), statsdLine);
}

interface LineTransport {
  open(): void;
  close(): void;
  send(lines: readonly string[]): void;
}

type LineWriter = typeof statsdLine;

class LineSink implements RemoteSink {
  readonly name: string;
  private pending: string[] = [];
  private timer: Timer | undefined;
  private running = false;
  private readonly timers: Timers;
  private readonly transport: LineTransport;
  private readonly line: LineWriter;

  constructor(
    name: string,
    options: StreamSinkOptions,
    transport: LineTransport,
    line: LineWriter,
  ) {
    this.name = name;
    this.timers = options.timers;
    this.transport = transport;
    this.line = line;
  }

  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.transport.open();
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.timer?.cancel();
    this.flush();
    this.running = false;
    this.transport.close();
  }

  count(name: string, value: number, labels: MetricLabels | undefined): void {
    this.add('c', name, value, labels);
  }

  gauge(name: string, value: number, labels: MetricLabels | undefined): void {
    this.add('g', name, value, labels);
  }

  sample(name: string, value: number, labels: MetricLabels | undefined): void {
    this.add('ms', name, value, labels);
  }

  private add(kind: MetricKind, name: string, value: number, labels?: MetricLabels): void {
    if (!this.running || this.pending.length >= MAX_PENDING_LINES) return;
    this.pending.push(this.line(kind, name, value, labels));
    this.timer ??= this.timers.after(FLUSH_MS, () => this.flush());
  }

  private flush(): void {
    this.timer = undefined;
    const lines = this.pending;
    this.pending = [];
    if (lines.length > 0) this.transport.send(lines);
  }
}

class UdpTransport implements LineTransport {
  private socket: UdpSocket | undefined;
  private unsentCount = 0;
  private readonly host: string;
  private readonly port: number;

  constructor({ address }: StreamSinkOptions) {
    ({ host: this.host, port: this.port } = splitAddress(address));
  }

  open(): void {
    this.socket = createSocket(this.host.includes(':') ? 'udp6' : 'udp4');
    // Nobody listening there is no reason to stop, nor to log each time.
    this.socket.on('error', () => {});
    this.socket.unref();
  }

  close(): void {
    const { socket } = this;
    this.socket = undefined;
    // Closing at once would drop what waits for the socket to be bound.
    if (this.unsentCount === 0) socket?.close();
  }

  send(lines: readonly string[]): void {
    let datagram = '';
    for (const line of lines) {
      if (datagram !== '' && datagram.length + line.length > MAX_DATAGRAM_BYTES) {
        this.post(datagram);
        datagram = '';
      }
      datagram += line;
    }
    if (datagram !== '') this.post(datagram);
  }

  private post(datagram: string): void {
    const { socket } = this;
    if (!socket) return;
    this.unsentCount++;
    socket.send(datagram, this.port, this.host, () => {
      this.unsentCount--;
      if (this.unsentCount === 0 && this.socket !== socket) socket.close();
    });
  }
}

class TcpTransport implements LineTransport {
  private socket: TcpSocket | undefined;
  private retry: Timer | undefined;
  private isOpen = false;
  private readonly options: StreamSinkOptions;
  private readonly host: string;
  private readonly port: number;

  constructor(options: StreamSinkOptions) {
    this.options = options;
    ({ host: this.host, port: this.port } = splitAddress(options.address));
  }

  open(): void {
    this.isOpen = true;
    this.connect();
  }

  close(): void {
    this.isOpen = false;
    this.retry?.cancel();
    this.socket?.end();
    this.socket?.unref();
    this.socket = undefined;
  }

  send(lines: readonly string[]): void {
    const { socket } = this;
    if (!socket || socket.connecting || socket.writableNeedDrain) return;
    socket.write(lines.join(''));
  }

  private connect(): void {
    const { timers, logger, address } = this.options;
    const socket = connect(this.port, this.host);
    this.socket = socket;
    socket.on('error', (error) => {
      logger.warn('Error connecting to statsite', { address, error });
    });
    socket.once('close', () => {
      if (this.isOpen) this.retry = timers.after(RECONNECT_MS, () => this.connect());
    });
  }
}

function splitAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65535) {
    throw new MeshError(
      'invalid-argument',
      `telemetry: "${address}" is not an address, accepted are forms such as 127.0.0.1:8125`,
    );
  }
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port };
}
