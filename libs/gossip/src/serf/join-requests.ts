/** A join of the application, by the ids of both layers. */
interface JoinRequest {
  /** What the application knows it by; undefined for our own attempts to reach a failed member. */
  readonly id: number | undefined;
  readonly ignoreOld: boolean;
}

/** The joins under way: whose they are, and whether they skip old events. */
export class JoinRequests {
  private readonly running = new Map<number, JoinRequest>();
  private lastId = 0;

  /** An id for a join of the application. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** The layer below has begun it under `swimId`. */
  begin(swimId: number, request: JoinRequest): void {
    this.running.set(swimId, request);
  }

  /** It is over; undefined when it is not known. */
  end(swimId: number): JoinRequest | undefined {
    const request = this.running.get(swimId);
    this.running.delete(swimId);
    return request;
  }

  /** Whether a join is under way that skips what happened before it. */
  get ignoresOld(): boolean {
    for (const { ignoreOld } of this.running.values()) if (ignoreOld) return true;
    return false;
  }
}
