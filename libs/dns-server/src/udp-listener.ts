import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Logger } from '@mesh/base';
import { listenError } from './listen-error.ts';
import { literalLookup } from './literal-lookup.ts';
import type { Responder } from './responder.ts';

/** Kernel buffers asked for: room for a burst while the event loop is busy. The kernel may give less. */
const SOCKET_BUFFER_BYTES = 2 * 1024 * 1024;

export interface UdpListenerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** The responder of the moment. */
  readonly responder: () => Responder;
  readonly logger: Logger;
}

/** Answers datagrams that come to one address. */
export class UdpListener {
  private socket: Socket | undefined;
  private readonly options: UdpListenerOptions;

  constructor(options: UdpListenerOptions) {
    this.options = options;
  }

  /** Resolves to the bound port. Rejects with a MeshError that names the address. */
  start(): Promise<number> {
    const { host, port, logger } = this.options;
    const socket = createSocket({
      type: host.includes(':') ? 'udp6' : 'udp4',
      lookup: literalLookup,
    });
    this.socket = socket;
    return new Promise((resolve, reject) => {
      socket.once('error', (error) => {
        this.socket = undefined;
        socket.close();
        reject(listenError('udp', host, port, error));
      });
      socket.bind({ port, address: host, exclusive: true }, () => {
        socket.removeAllListeners('error');
        // A failed send, say to an unreachable client, is the client's trouble.
        socket.on('error', (error) => logger.warn('socket error', { network: 'udp', error }));
        socket.on('message', (message, client) => this.receive(socket, message, client));
        growBuffers(socket, logger);
        resolve(socket.address().port);
      });
    });
  }

  stop(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (!socket) return Promise.resolve();
    return new Promise((resolve) => {
      socket.close(() => resolve());
    });
  }

  private receive(socket: Socket, message: Uint8Array, client: RemoteInfo): void {
    // Nobody can be answered at port 0: a forged packet.
    if (client.port === 0) return;
    const responder = this.options.responder();
    const ready = responder.cached(message, 'udp');
    if (ready) {
      // While datagrams wait for room in the kernel, their bytes must stay as they are.
      const bytes = socket.getSendQueueCount() === 0 ? ready : Uint8Array.from(ready);
      socket.send(bytes, client.port, client.address);
      return;
    }
    void responder.respond(message, 'udp').then((reply) => {
      if (reply && this.socket === socket) socket.send(reply, client.port, client.address);
    });
  }
}

function growBuffers(socket: Socket, logger: Logger): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  } catch (error) {
    logger.debug('socket buffers stay as they are', { error: String(error) });
  }
}
