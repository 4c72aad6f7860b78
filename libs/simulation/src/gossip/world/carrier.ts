import type { GossipAddress, GossipOutput, StreamMessage, StreamResult } from '@mesh/gossip';
import type { SeededRandom } from '../../world/seeded-random.ts';
import type { Agenda } from './agenda.ts';
import type { Life } from './life.ts';
import { streamBytes } from './stream-bytes.ts';
import type { Weather } from './weather.ts';

/** Waits of TCP before a segment is sent again, milliseconds: of a handshake (RFC 6298), and of data (Linux). */
const HANDSHAKE_RETRY_MS = 1000;
const DATA_RETRY_MS = 200;
/** Retries after which a segment has taken longer than anybody waits. */
const MAX_RETRIES = 10;

type StreamOutput = Extract<GossipOutput, { kind: 'stream' }>;

/** Somebody who may be at an address. */
export interface Resident {
  readonly place: number;
  readonly life: Life | undefined;
  /** Whether the machine answers for a process that is gone, with a refusal. */
  readonly refuses: boolean;
}

/** A stream under way. */
interface Exchange {
  readonly from: Life;
  readonly place: number;
  readonly target: Resident;
  readonly output: StreamOutput;
  readonly end: (result: StreamResult) => void;
}

/** Traffic so far: what was sent, arrived or not. */
export interface Traffic {
  packets: number;
  packetBytes: number;
  /** Both directions of a stream count. */
  streams: number;
  streamBytes: number;
}

/** Carries packets and streams between lives, through the weather. */
export class Carrier {
  readonly traffic: Traffic = { packets: 0, packetBytes: 0, streams: 0, streamBytes: 0 };
  private readonly agenda: Agenda;
  private readonly random: SeededRandom;
  private readonly weather: Weather;
  private readonly find: (address: GossipAddress) => Resident | undefined;

  constructor(
    agenda: Agenda,
    random: SeededRandom,
    weather: Weather,
    find: (address: GossipAddress) => Resident | undefined,
  ) {
    this.agenda = agenda;
    this.random = random;
    this.weather = weather;
    this.find = find;
  }

  send(from: Life, place: number, output: GossipOutput): void {
    if (output.kind === 'stream') this.exchange(from, place, output);
    else this.packet(from, place, output.to, output.bytes);
  }

  private packet(from: Life, place: number, to: GossipAddress, bytes: Uint8Array): void {
    this.traffic.packets++;
    this.traffic.packetBytes += bytes.length;
    const target = this.find(to);
    if (!target) return;
    const copies = this.weather.doubles() ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const isOpen = this.weather.isOpen(place, target.place);
      if (!isOpen || this.weather.loses(place, target.place, this.agenda.nowMs)) continue;
      this.agenda.after(this.weather.delayMs(place, target.place), () => {
        const life = this.find(to)?.life;
        if (life) life.packet(bytes, from.address);
      });
    }
  }

  private exchange(from: Life, place: number, output: StreamOutput): void {
    const { agenda } = this;
    const { id, to, timeoutMs } = output;
    const deadlineMs = agenda.nowMs + timeoutMs;
    let isOver = false;
    const end = (result: StreamResult) => {
      if (isOver) return;
      isOver = true;
      from.enter(() => from.act((core, nowMs) => core.streamDone(id, result, nowMs)));
    };
    agenda.at(deadlineMs, () => end({ error: 'i/o timeout' }));
    const target = this.find(to);
    if (!target || !this.isOpen(place, target.place)) return;
    const handshakeMs = this.roundTripMs(place, target.place, HANDSHAKE_RETRY_MS);
    const arrivalMs = handshakeMs + this.oneWayMs(place, target.place);
    // Both ends give up then.
    if (agenda.nowMs + arrivalMs >= deadlineMs) return;
    agenda.after(arrivalMs, () => this.serve({ from, place, target, output, end }));
  }

  private serve({ from, place, target, output, end }: Exchange): void {
    const { life, refuses } = target;
    if (!life?.alive) {
      if (refuses) end({ error: 'connection refused' });
      return;
    }
    const isBroken = this.weather.breaks();
    const isRead = !isBroken || this.random.chance(0.5);
    const broken = { error: 'connection reset by peer' };
    if (!isRead) end(broken);
    if (!isRead || !this.isOpen(place, target.place)) return;
    this.countStream(output.message);
    life.enter(() => {
      const { message } = output;
      const reply = life.act((core, nowMs) => core.receiveStream(message, from.address, nowMs));
      if (reply) this.countStream(reply);
      this.agenda.after(this.oneWayMs(target.place, place), () => {
        if (isBroken) end(broken);
        else if (this.isOpen(place, target.place)) end(reply ? { reply } : { error: 'EOF' });
      });
    });
  }

  private countStream(message: StreamMessage): void {
    this.traffic.streams++;
    this.traffic.streamBytes += streamBytes(message);
  }

  private isOpen(one: number, other: number): boolean {
    return this.weather.isOpen(one, other) && this.weather.isOpen(other, one);
  }

  /** A segment there and its answer back; either may be lost, and both are sent again then. */
  private roundTripMs(from: number, to: number, retryMs: number): number {
    let waitedMs = 0;
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const isLost = this.loses(from, to) || this.loses(to, from);
      if (!isLost) break;
      waitedMs += retryMs * 2 ** tries;
    }
    return waitedMs + this.weather.delayMs(from, to) + this.weather.delayMs(to, from);
  }

  private oneWayMs(from: number, to: number): number {
    let waitedMs = 0;
    for (let tries = 0; tries < MAX_RETRIES && this.loses(from, to); tries++) {
      waitedMs += DATA_RETRY_MS * 2 ** tries;
    }
    return waitedMs + this.weather.delayMs(from, to);
  }

  private loses(from: number, to: number): boolean {
    return this.weather.loses(from, to, this.agenda.nowMs);
  }
}
