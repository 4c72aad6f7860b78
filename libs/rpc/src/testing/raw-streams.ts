import { connect, type Socket } from 'node:net';
import { Client, type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';
import type { RpcServer } from '../index.ts';
import { address } from './rpc-rig.ts';

/** A stream opened by hand, and how it ended. */
export interface RawStream {
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  readonly end: Promise<{ code: number; details: string }>;
}

/** Streams opened by hand on one connection, for frames that no client of ours would send. */
export class RawStreams {
  private readonly client: Client;

  constructor(server: RpcServer) {
    this.client = new Client(address(server), credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  open(method: string, metadata: Readonly<Record<string, string>>): RawStream {
    const headers = new Metadata();
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
    const whole = (bytes: Buffer) => bytes;
    const stream = this.client.makeBidiStreamRequest(method, whole, whole, headers);
    const end = new Promise<{ code: number; details: string }>((resolve) => {
      stream.on('error', (error: { code: number; details: string }) => resolve(error));
      stream.on('status', resolve);
    });
    return { stream, end };
  }

  close(): void {
    this.client.close();
  }
}

/** A TCP connection that reads and forgets. */
export async function rawSocket(
  server: RpcServer,
): Promise<{ socket: Socket; closed: Promise<void> }> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, closed };
}

/** Random bytes, the same in every run. */
export function noise(seed: number, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  let state = seed;
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[at] = state >>> 24;
  }
  return out;
}
