import type { Random } from '@mesh/base';
import { invalid } from '@mesh/base';
import {
  applyForce,
  coordinateFault,
  ERROR_MAX,
  isValidCoordinate,
  originCoordinate,
  rawDistance,
  roundTripSeconds,
} from './coordinate.ts';
import { LatencyFilter } from './latency-filter.ts';
import type { NetworkCoordinate } from './types.ts';
import { ZERO_THRESHOLD } from './vector.ts';

/** How much one sample moves the error estimate. */
const ERROR_GAIN = 0.25;
/** How much one sample moves the place. */
const PLACE_GAIN = 0.25;
/** Samples that the adjustment is the mean of. */
const ADJUSTMENT_WINDOW = 20;
/** How weak gravity is, seconds: it must not squeeze real distances. */
const GRAVITY_RHO = 150;
/** Longest round trip that is believed, seconds. */
const MAX_RTT_SECONDS = 10;

/**
 * Keeps this member's network coordinate: each observed round trip pushes it toward the place where estimates
 * fit (Vivaldi: Dabek et al. 2004; height, adjustment and gravity: Ledlie et al. 2007).
 */
export class VivaldiClient {
  private readonly random: () => number;
  private readonly latencies = new LatencyFilter();
  private readonly origin = originCoordinate();
  private adjustments: number[] = new Array<number>(ADJUSTMENT_WINDOW).fill(0);
  private adjustmentIndex = 0;
  private current = originCoordinate();
  private resetCount = 0;

  constructor(random: Pick<Random, 'float'>) {
    this.random = () => random.float();
  }

  /** Ours. Immutable. */
  get coordinate(): NetworkCoordinate {
    return this.current;
  }

  /** Times our coordinate became invalid and began anew. */
  get resets(): number {
    return this.resetCount;
  }

  /**
   * A peer at `other` answered after `rttSeconds`. Returns our new coordinate. Throws MeshError
   * invalid-argument, and changes nothing, when either cannot be believed.
   */
  update(peer: string, other: NetworkCoordinate, rttSeconds: number): NetworkCoordinate {
    const fault = coordinateFault(other);
    if (fault !== undefined) throw invalid(fault);
    if (!(rttSeconds >= 0 && rttSeconds <= MAX_RTT_SECONDS)) {
      throw invalid(
        `round trip time not in valid range, ${rttSeconds} s is not between 0 and ${MAX_RTT_SECONDS} s`,
      );
    }
    const rtt = Math.max(ZERO_THRESHOLD, this.latencies.filter(peer, rttSeconds));
    this.moveBy(other, rtt);
    this.adjust(other, rtt);
    this.gravitate();
    if (!isValidCoordinate(this.current)) this.reset();
    return this.current;
  }

  /** Drops what is kept of a peer that is gone. */
  forget(peer: string): void {
    this.latencies.forget(peer);
  }

  private moveBy(other: NetworkCoordinate, rtt: number): void {
    const distance = roundTripSeconds(this.current, other);
    const wrongness = Math.abs(distance - rtt) / rtt;
    const weight = this.current.Error / Math.max(ZERO_THRESHOLD, this.current.Error + other.Error);
    const error = ERROR_GAIN * weight * wrongness + this.current.Error * (1 - ERROR_GAIN * weight);
    const force = PLACE_GAIN * weight * (rtt - distance);
    const moved = applyForce(this.current, force, other, this.random);
    this.current = { ...moved, Error: Math.min(ERROR_MAX, error) };
  }

  /** Remembers what the space cannot express: triangles that real routes break. */
  private adjust(other: NetworkCoordinate, rtt: number): void {
    this.adjustments[this.adjustmentIndex] = rtt - rawDistance(this.current, other);
    this.adjustmentIndex = (this.adjustmentIndex + 1) % ADJUSTMENT_WINDOW;
    const sum = this.adjustments.reduce((total, sample) => total + sample, 0);
    this.current = { ...this.current, Adjustment: sum / (2 * ADJUSTMENT_WINDOW) };
  }

  /** Pulls toward the origin, so that the whole pool does not drift away. */
  private gravitate(): void {
    const distance = roundTripSeconds(this.origin, this.current);
    const force = -((distance / GRAVITY_RHO) ** 2);
    this.current = applyForce(this.current, force, this.origin, this.random);
  }

  private reset(): void {
    this.resetCount += 1;
    this.current = originCoordinate();
    // They were measured from the lost place, and one of them may be what spoilt it.
    this.adjustments = new Array<number>(ADJUSTMENT_WINDOW).fill(0);
  }
}
