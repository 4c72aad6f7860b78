import { ALLOW_ALL, type Authorizer, DENY_ALL, type Fallback } from '@mesh/acl';
import { aclNotFound, RulesCache, resolveSecret } from '@mesh/acl-system';
import type { Clock } from '@mesh/base';
import type { Dependencies, StateStore, StateView } from '@mesh/state';
import type { Authorizers } from './authorizers.ts';

export interface TokenAuthorizersOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly datacenter: string;
  /** acl.default_policy. */
  readonly fallback: Fallback;
}

/** Secrets that are remembered; unknown ones are not, so that guessing fills nothing. */
const MAX_KNOWN = 10_000;

interface Known {
  readonly authorizer: Authorizer;
  /** What of the state it was decided from. */
  readonly dependencies: Dependencies;
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAtMs: number | null;
}

/** Decides by the replicated tokens and policies. What was decided is kept until a row of it changes. */
export class TokenAuthorizers implements Authorizers {
  private readonly options: TokenAuthorizersOptions;
  private readonly rules = new RulesCache();
  private readonly known = new Map<string, Known>();

  constructor(options: TokenAuthorizersOptions) {
    this.options = options;
  }

  of(_view: StateView, secret: string): Authorizer {
    const { store, clock } = this.options;
    const known = this.known.get(secret);
    if (known && !this.isOver(known, clock.nowMs()) && !store.changed(known.dependencies)) {
      return known.authorizer;
    }
    this.known.delete(secret);
    return this.decide(secret);
  }

  isCurrent(secret: string, decided: Authorizer): boolean {
    const { store, clock } = this.options;
    const known = this.known.get(secret);
    if (known?.authorizer !== decided || this.isOver(known, clock.nowMs())) return false;
    return !store.changed(known.dependencies);
  }

  private decide(secret: string): Authorizer {
    const { store, clock, datacenter, fallback } = this.options;
    const view = store.trackingView();
    const resolved = resolveSecret(view, secret, datacenter, clock.nowMs());
    if (!resolved) {
      if (secret !== '') throw aclNotFound();
      // Before the first leader has made the anonymous token.
      return fallback === 'allow' ? ALLOW_ALL : DENY_ALL;
    }
    const authorizer = this.rules.authorizer(resolved, fallback);
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    const { expiresAtMs } = resolved;
    this.known.set(secret, { authorizer, dependencies: view.dependencies(), expiresAtMs });
    return authorizer;
  }

  private isOver({ expiresAtMs }: Known, nowMs: number): boolean {
    return expiresAtMs !== null && expiresAtMs <= nowMs;
  }
}
