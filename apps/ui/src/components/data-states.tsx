import type { ComponentChildren } from 'preact';
import type { ApiFailure } from '../api/request.ts';
import type { Answer, QueryHandle } from '../api/use-query.ts';
import { currentDatacenter } from '../routing/datacenter.ts';
import { Link } from '../routing/link.tsx';
import { pathOf } from '../routing/place.ts';

/** Shown while the first answer is under way; only after a moment, as most come faster. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div class="state state-loading" role="status">
      <span class="spinner" aria-hidden="true" />
      <span>Loading {what}…</span>
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Shown where there is nothing, with what a person may do about it. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="state state-empty">
      <p class="state-title">{title}</p>
      {children && <div class="state-text">{children}</div>}
    </div>
  );
}

interface FailedProps {
  readonly what: string;
  readonly failure: ApiFailure;
  readonly onRetry?: () => void;
}

/** Shown where an answer could not be had, with the agent's own words. */
export function Failed({ what, failure, onRetry }: FailedProps) {
  const isDenied = failure.status === 403;
  return (
    <div class="state state-failed" role="alert">
      <p class="state-title">
        {isDenied ? `You may not see ${what}` : `${what} could not be loaded`}
      </p>
      <p class="state-text">
        {failure.status > 0 && <span class="code">{failure.status}</span>} {failure.message}
      </p>
      <div class="actions">
        {onRetry && (
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        )}
        {isDenied && <Link to={pathOf(currentDatacenter(), 'acls', 'tokens')}>Sign in</Link>}
      </div>
    </div>
  );
}

interface AnsweredProps<T> {
  readonly answer: Answer<T> & QueryHandle;
  /** For the messages: "services". */
  readonly what: string;
  readonly absent?: ComponentChildren;
  readonly children: (value: T, index: number) => ComponentChildren;
}

/** What a query answered, or the state that it is in. */
export function Answered<T>({ answer, what, absent, children }: AnsweredProps<T>) {
  switch (answer.state) {
    case 'loading':
      return <Loading what={what} />;
    case 'absent':
      return <>{absent ?? <Empty title={`There is no such thing among ${what}`} />}</>;
    case 'failed':
      return <Failed what={what} failure={answer.failure} onRetry={answer.refresh} />;
    case 'ready':
      return <>{children(answer.value, answer.index)}</>;
  }
}
