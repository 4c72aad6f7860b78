import { noMetrics, silentLogger } from '@mesh/base';
import type { Message } from '@mesh/raft';
import { RaftTransport, RpcServer } from '../index.ts';
import { realTime } from './rpc-rig.ts';

/**
 * A server `b` in a process of its own, for tests that kill or stop it. It answers appends and
 * heartbeats from `a`, whose address is its first argument, and says its own port to its parent.
 */
async function run(): Promise<void> {
  const transport = new RaftTransport({
    serverId: 'b',
    ...realTime,
    logger: silentLogger,
    metrics: noMetrics,
  });
  transport.attach({
    receive: (message) => {
      const answer = answerTo(message);
      if (answer) transport.send(answer);
    },
    receiveSnapshot: async () => ({ term: 1, installed: false }),
    peerGone: () => undefined,
  });
  const server = new RpcServer({
    bindAddress: '127.0.0.1',
    port: 0,
    handler: async (_method, body) => body,
    transportSink: transport,
    timers: realTime.timers,
    logger: silentLogger,
    metrics: noMetrics,
  });
  await server.start();
  transport.setPeers(new Map([['a', process.argv[2] as string]]));
  process.send?.(server.port);
}

function answerTo(message: Message): Message | undefined {
  const envelope = { term: 1, from: 'b', to: 'a' };
  if (message.kind === 'heartbeat') {
    return { kind: 'heartbeat-response', ...envelope, roundMs: message.roundMs };
  }
  if (message.kind !== 'append') return undefined;
  const index = message.prevIndex + message.entries.length;
  return { kind: 'append-response', ...envelope, ok: true, index, hintIndex: 0, hintTerm: 0 };
}

void run();
