import type { Coordinate } from '@mesh/api-contract';
import type { Component, Logger, Platform, Timer } from '@mesh/base';
import { MeshError } from '@mesh/base';
import type { NodeCoordinate } from '@mesh/coordinate';
import type { Rpc, WriteEndpoint } from '@mesh/resource';

/** Updates per second that a cluster's servers should get, and the shortest interval of one agent. */
const TARGET_RATE_PER_S = 64;
const INTERVAL_MIN_MS = 15_000;
/** The first report comes soon, so that distances are known early. */
const FIRST_MAX_MS = 1000;

export interface CoordinateSenderOptions {
  readonly rpc: Rpc;
  readonly update: WriteEndpoint<NodeCoordinate, true>;
  readonly nodeName: string;
  readonly segment: string;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Ours in the LAN pool; undefined while there is none. */
  coordinate(): Coordinate | undefined;
  token(): string;
  clusterSize(): number;
}

/** Reports this agent's network coordinate to the servers, at a rate that their number bounds. */
export class CoordinateSender implements Component {
  readonly name = 'coordinate-sender';
  private readonly options: CoordinateSenderOptions;
  private timer: Timer | undefined;

  constructor(options: CoordinateSenderOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (!this.timer) this.arm(this.options.platform.random.float() * FIRST_MAX_MS);
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm(delayMs: number): void {
    this.timer = this.options.platform.timers.after(delayMs, () => {
      this.arm(this.intervalMs());
      this.send().catch((thrown) => {
        const error = MeshError.from(thrown);
        this.options.logger.warn('Coordinate update error', { error: error.message });
      });
    });
  }

  private async send(): Promise<void> {
    const { rpc, update, nodeName, segment, token, coordinate } = this.options;
    const Coord = coordinate();
    if (!Coord) return;
    const report = { Node: nodeName, Segment: segment, Coord };
    await rpc.write(update, report, { datacenter: '', token: token() });
  }

  private intervalMs(): number {
    const { clusterSize, platform } = this.options;
    const intervalMs = Math.max(INTERVAL_MIN_MS, (1000 * clusterSize()) / TARGET_RATE_PER_S);
    return intervalMs * (1 + platform.random.float());
  }
}
