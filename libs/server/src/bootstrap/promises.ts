import type { Clock } from '@mesh/base';

/** How long a promise binds, milliseconds. */
export const PROMISE_MS = 30_000;
/** Longest list of servers that a promise is given to. */
const MAX_SERVERS = 64;

/** What a server asks the others for before it starts the cluster alone. */
export interface PromiseRequest {
  /** Ids of the servers that the cluster shall begin with, sorted; the first is the one that asks. */
  readonly ids: readonly string[];
}

/**
 * Promises of a server without raft state: to let one certain list of servers be the cluster's
 * first, and no other until the promise has run out.
 */
export class BootstrapPromises {
  private held: { readonly key: string; readonly untilMs: number } | undefined;
  private readonly ownId: string;
  private readonly clock: Clock;
  private readonly hasState: () => boolean;

  constructor(ownId: string, clock: Clock, hasState: () => boolean) {
    this.ownId = ownId;
    this.clock = clock;
    this.hasState = hasState;
  }

  /** Whether the promise is given. Of what came off the wire. */
  give(request: unknown): boolean {
    const ids = idsOf(request);
    if (!ids?.includes(this.ownId) || this.hasState()) return false;
    const nowMs = this.clock.monotonicMs();
    const key = JSON.stringify(ids);
    if (this.held && this.held.key !== key && nowMs < this.held.untilMs) return false;
    this.held = { key, untilMs: nowMs + PROMISE_MS };
    return true;
  }
}

function idsOf(request: unknown): readonly string[] | undefined {
  if (request === null || typeof request !== 'object') return undefined;
  const { ids } = request as Partial<Record<keyof PromiseRequest, unknown>>;
  if (!Array.isArray(ids) || ids.length > MAX_SERVERS) return undefined;
  const isSorted = ids.every(
    (id, at) => typeof id === 'string' && (at === 0 || (ids[at - 1] as string) < id),
  );
  return isSorted ? (ids as string[]) : undefined;
}
