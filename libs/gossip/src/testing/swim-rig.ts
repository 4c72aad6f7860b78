import { noMetrics, silentLogger } from '@mesh/base';
import type { GossipAddress } from '../address.ts';
import { type GossipConfig, LAN_CONFIG } from '../config.ts';
import { SwimCore } from '../swim/swim-core.ts';
import type { GossipOutput, SwimDelegate, SwimNode } from '../swim/types.ts';
import type {
  AliveMessage,
  DeadMessage,
  PacketMessage,
  SuspectMessage,
  Versions,
} from '../wire/messages.ts';
import { packPacket, unpackPacket } from '../wire/packet.ts';
import { decodePacketMessage, encodePacketMessage } from '../wire/packet-message.ts';

export const VERSIONS: Versions = [1, 5, 2, 2, 5, 4];
const NOTHING = new Uint8Array();

/** One core, its delegate written down, its outputs decoded. Its random numbers are always 0.5 unless told. */
export class SwimRig {
  readonly core: SwimCore;
  /** What the delegate was told, in words: `joined b`, `left c dead`. */
  readonly told: string[] = [];
  /** Messages of the layer above that wait to ride along. */
  readonly waiting: Uint8Array[] = [];
  readonly rtts: [string, number][] = [];
  random = () => 0.5;
  veto: (node: SwimNode) => string | undefined = () => undefined;
  nowMs = 0;

  constructor(change: Partial<GossipConfig> = {}, name = 'a') {
    this.core = new SwimCore({
      name,
      address: addressOf(name),
      meta: NOTHING,
      delegateVersions: [2, 5, 4],
      config: { ...LAN_CONFIG, compression: false, ...change },
      random: { float: () => this.random() },
      logger: silentLogger,
      metrics: noMetrics,
      delegate: this.delegate(),
    });
  }

  /** Becomes alive at time 0, with the others known. */
  start(...others: readonly string[]): this {
    this.core.start(this.nowMs);
    for (const name of others) this.hear(alive(name));
    this.messages();
    this.told.length = 0;
    return this;
  }

  hear(message: PacketMessage, from = 'b'): void {
    const packet = packPacket([encodePacketMessage(message)], { compress: false, crc: false });
    this.core.receivePacket(packet, addressOf(from), this.nowMs);
  }

  /** Lets time pass, ticking whenever the core asks for it. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const nextMs = this.core.nextDeadlineMs();
      if (nextMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      this.core.tick(this.nowMs);
    }
    this.nowMs = endMs;
  }

  outputs(): GossipOutput[] {
    return this.core.takeOutputs();
  }

  /** Messages sent since the last look, each with the name it goes to. */
  messages(): (PacketMessage & { readonly to: string })[] {
    return this.outputs().flatMap((output) =>
      output.kind === 'stream'
        ? []
        : unpackPacket(output.bytes).map((part) => ({
            ...decodePacketMessage(part),
            to: nameAt(output.to),
          })),
    );
  }

  state(name: string): SwimNode['state'] | undefined {
    return this.core.node(name)?.state;
  }

  private delegate(): SwimDelegate {
    return {
      userMessage: (body) => void this.told.push(`user ${new TextDecoder().decode(body)}`),
      takeBroadcasts: (overheadBytes, roomBytes) => {
        const [first] = this.waiting;
        if (!first || first.length + overheadBytes > roomBytes) return [];
        return [this.waiting.shift()!];
      },
      hasBroadcasts: () => this.waiting.length > 0,
      localState: (join) => new TextEncoder().encode(`state of a, join ${join}`),
      mergeRemoteState: (state, join) =>
        void this.told.push(`merged "${new TextDecoder().decode(state)}" join ${join}`),
      ackPayload: () => Uint8Array.of(7),
      pingCompleted: (node, rttMs) => void this.rtts.push([node.name, rttMs]),
      nodeJoined: (node) => void this.told.push(`joined ${node.name}`),
      nodeLeft: (node) => void this.told.push(`left ${node.name} ${node.state}`),
      nodeUpdated: (node) => void this.told.push(`updated ${node.name}`),
      nameConflict: (known, other) => void this.told.push(`conflict ${known.host} ${other.host}`),
      vetoMerge: (nodes) => (nodes.length > 100 ? 'too many' : undefined),
      vetoAlive: (node) => this.veto(node),
      joinDone: (id, error) => void this.told.push(`join ${id} ${error ?? 'ok'}`),
      leaveSent: (nowMs) => void this.told.push(`leave sent at ${nowMs}`),
    };
  }
}

/** Where a name lives: `b` is 10.0.0.2. */
export function addressOf(name: string): GossipAddress {
  return { host: `10.0.0.${name.charCodeAt(0) - 96}`, port: 7946 };
}

export function nameAt({ host }: GossipAddress): string {
  return String.fromCharCode(96 + Number(host.split('.')[3]));
}

export function alive(node: string, change: Partial<AliveMessage> = {}): AliveMessage {
  const versions = VERSIONS;
  return {
    kind: 'alive',
    incarnation: 1,
    node,
    ...addressOf(node),
    meta: NOTHING,
    versions,
    ...change,
  };
}

export function suspect(node: string, from: string, incarnation = 1): SuspectMessage {
  return { kind: 'suspect', incarnation, node, from };
}

export function dead(node: string, from: string, incarnation = 1): DeadMessage {
  return { kind: 'dead', incarnation, node, from };
}

/** The stream that a core asked for last. */
export function lastStream(
  outputs: readonly GossipOutput[],
): Extract<GossipOutput, { kind: 'stream' }> {
  const streams = outputs.filter((output) => output.kind === 'stream');
  return streams.at(-1) as Extract<GossipOutput, { kind: 'stream' }>;
}
