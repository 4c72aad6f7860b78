import type { SeededRandom } from '../../world/seeded-random.ts';

export interface GeographyOptions {
  /** Longest round trip along one side of the space in which members lie, milliseconds. */
  readonly spreadMs: number;
  /** Most that the last mile of a member adds to each round trip, milliseconds. */
  readonly accessMs: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly accessMs: number;
}

/**
 * Where members are: in a cube, each behind a last mile of its own (the model behind Vivaldi's heights: Dabek et al.
 * 2004, 5.4). What the network then does to a packet is Weather's.
 */
export class Geography {
  private readonly places: Place[] = [];
  private readonly random: SeededRandom;
  private readonly options: GeographyOptions;

  constructor(random: SeededRandom, options: GeographyOptions) {
    this.random = random;
    this.options = options;
  }

  /** A new place; numbers count from 0. */
  settle(): number {
    const { spreadMs, accessMs } = this.options;
    const along = () => this.random.float() * spreadMs;
    const place = { x: along(), y: along(), z: along(), accessMs: this.random.float() * accessMs };
    return this.places.push(place) - 1;
  }

  /** The shortest round trip between two places, milliseconds. */
  rttMs(one: number, other: number): number {
    const a = this.places[one]!;
    const b = this.places[other]!;
    const distance = Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
    return 0.05 + distance + a.accessMs + b.accessMs;
  }
}
