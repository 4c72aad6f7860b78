/**
 * Largest time that is believed. Far below 2^53, so that a peer that claims the largest possible time cannot
 * leave us without numbers for our own messages.
 */
export const MAX_LAMPORT_TIME = 2 ** 52;

/** A logical clock (Lamport 1978). Starts at 1, so that 0 can mean "unknown". */
export class LamportClock {
  private current = 1;

  get time(): number {
    return this.current;
  }

  /** Gives the current time and steps on. */
  next(): number {
    const now = this.current;
    this.current += 1;
    return now;
  }

  /** Steps past a time that somebody else showed; unbelievable times are ignored. */
  witness(time: number): void {
    if (time < this.current || time > MAX_LAMPORT_TIME) return;
    this.current = time + 1;
  }
}
