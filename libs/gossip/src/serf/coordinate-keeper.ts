import type { Logger, Metrics, Random } from '@mesh/base';
import { MeshError } from '@mesh/base';
import { roundTripSeconds } from '../vivaldi/coordinate.ts';
import type { NetworkCoordinate } from '../vivaldi/types.ts';
import { VivaldiClient } from '../vivaldi/vivaldi-client.ts';
import { decodeCoordinate, encodeCoordinate } from '../wire/coordinate-payload.ts';

/** Our network coordinate and those last heard from the others, fed by acks of direct pings. */
export class CoordinateKeeper {
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  private readonly client: VivaldiClient;
  private readonly heard = new Map<string, NetworkCoordinate>();
  private payload: Uint8Array | undefined;

  constructor(options: {
    readonly random: Pick<Random, 'float'>;
    readonly logger: Logger;
    readonly metrics: Metrics;
  }) {
    this.logger = options.logger;
    this.metrics = options.metrics;
    this.client = new VivaldiClient(options.random);
  }

  get own(): NetworkCoordinate {
    return this.client.coordinate;
  }

  /** Times our coordinate became invalid and began anew. */
  get resets(): number {
    return this.client.resets;
  }

  /** Ours as it rides on acks; encoded once per change. */
  ackPayload(): Uint8Array {
    this.payload ??= encodeCoordinate(this.client.coordinate);
    return this.payload;
  }

  /** As last heard from a member. */
  of(name: string): NetworkCoordinate | undefined {
    return this.heard.get(name);
  }

  /** A member answered a ping after `rttMs`, with this payload. What cannot be believed is left aside. */
  observe(name: string, rttMs: number, payload: Uint8Array): void {
    try {
      const other = decodeCoordinate(payload);
      if (!other) return;
      const before = this.client.coordinate;
      const after = this.client.update(name, other, rttMs / 1000);
      this.payload = undefined;
      this.heard.set(name, other);
      this.metrics.sample('serf.coordinate.adjustment-ms', roundTripSeconds(before, after) * 1000);
    } catch (thrown) {
      this.metrics.count('serf.coordinate.rejected');
      const reason = MeshError.from(thrown).message;
      this.logger.trace('serf: Rejected coordinate', { member: name, reason });
    }
  }

  /** Drops what is kept of a member that is gone for good. */
  forget(name: string): void {
    this.heard.delete(name);
    this.client.forget(name);
  }
}
