import type { GossipAddress } from '../address.ts';
import { encodeSerf } from '../wire/serf-codec.ts';
import { chooseRandom } from './choose-random.ts';
import type { SerfMember } from './types.ts';
import { SERF_STATUS } from './types.ts';

/** Largest answer to a query, encoded, and the same in a relay; bytes. */
export const QUERY_RESPONSE_BYTES = 1024;
/** Memberlist protocol from which members can relay. */
const RELAY_PROTOCOL = 5;

/** Where an answer goes, and how. */
export interface AnswerRoute {
  readonly host: string;
  readonly port: number;
  /** Name of the member there. */
  readonly node: string;
  /** Members that send it a second time. */
  readonly relayFactor: number;
}

export interface DirectSenderOptions {
  readonly ownName: string;
  readonly members: () => readonly SerfMember[];
  /** Sends a message of this layer in a datagram of its own. */
  readonly send: (to: GossipAddress, body: Uint8Array, nowMs: number) => void;
  /** [0, 1) */
  readonly random: () => number;
}

/** Sends answers straight to the asker and, for queries over bad links, by way of others as well. */
export class DirectSender {
  private readonly options: DirectSenderOptions;

  constructor(options: DirectSenderOptions) {
    this.options = options;
  }

  /** Sends an answer; a route without a valid address is a message lost. */
  answer(route: AnswerRoute, body: Uint8Array, nowMs: number): void {
    if (!isReachable(route)) return;
    const { host, port } = route;
    this.options.send({ host, port }, body, nowMs);
    this.relay(route, body, nowMs);
  }

  /** Passes on the message of a relay. */
  forward(to: GossipAddress, body: Uint8Array, nowMs: number): void {
    if (isReachable(to)) this.options.send(to, body, nowMs);
  }

  private relay(route: AnswerRoute, body: Uint8Array, nowMs: number): void {
    const { relayFactor } = route;
    if (relayFactor === 0) return;
    const members = this.options.members();
    if (members.length < relayFactor + 1) return;
    const relay = encodeSerf({
      kind: 'relay',
      host: route.host,
      port: route.port,
      node: route.node,
      body,
    });
    if (relay.length > QUERY_RESPONSE_BYTES) return;
    const able = members.filter(
      ({ name, status, versions }) =>
        name !== this.options.ownName &&
        status === SERF_STATUS.alive &&
        versions[1] >= RELAY_PROTOCOL,
    );
    for (const { host, port } of chooseRandom(able, relayFactor, this.options.random)) {
      this.options.send({ host, port }, relay, nowMs);
    }
  }
}

function isReachable({ host, port }: GossipAddress): boolean {
  return host !== '' && port > 0;
}
