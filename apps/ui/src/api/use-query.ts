import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Observable, useObservable } from '../settings/observable.ts';
import { session } from '../settings/session.ts';
import { settings } from '../settings/settings.ts';
import { live, liveState, withToken } from './live.ts';
import { ApiFailure, apiPath, type Query, request } from './request.ts';

/** The answer to a query as a page sees it. */
export type Answer<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T; readonly index: number }
  /** 404 where the query is for one thing. */
  | { readonly state: 'absent' }
  | { readonly state: 'failed'; readonly failure: ApiFailure };

export interface QueryHandle {
  /** Asks again; while live updates are on there is no need to. */
  readonly refresh: () => void;
}

export interface QueryOptions {
  /** Parameters besides the path's own. */
  readonly query?: Query;
}

const LOADING = { state: 'loading' } as const;

/** Counts how often everything on the screen was asked for anew. */
const refreshes = new Observable(0);

/** Asks anew for everything on the screen: what a person does where live updates are off. */
export function refreshAll(): void {
  refreshes.set(refreshes.value + 1);
}

/**
 * The answer to a GET of a query route, followed while the component lives: by the live connection, or
 * fetched once where live updates are off. Without a path nothing is asked.
 */
export function useQuery<T>(
  path: string | undefined,
  options: QueryOptions = {},
): Answer<T> & QueryHandle {
  const whole = path === undefined ? undefined : apiPath(path, options.query);
  const isLive = useObservable(settings).live;
  const token = useObservable(session)?.secretId;
  const [kept, setKept] = useState<{ key: unknown; answer: Answer<T> }>();
  const [round, setRound] = useState(0);
  const all = useObservable(refreshes);
  const key = `${whole}\0${token}`;
  const latest = useRef(key);
  latest.current = key;

  useEffect(() => {
    if (whole === undefined) return undefined;
    const put = (answer: Answer<T>) => {
      if (latest.current === key) setKept({ key, answer });
    };
    return isLive ? follow(whole, put) : fetchOnce(whole, put);
  }, [whole, token, isLive, round, all]);

  const refresh = useCallback(() => setRound((count) => count + 1), []);
  const answer: Answer<T> = kept?.key === key ? kept.answer : LOADING;
  return { ...answer, refresh };
}

/** Follows by the live connection; what cannot be followed, for want of a connection, is fetched once. */
function follow<T>(path: string, put: (answer: Answer<T>) => void): () => void {
  let isAnswered = false;
  let isFetched = false;
  let stopFetch = () => {};
  const stop = live.subscribe(withToken(path), ({ status, index, body }) => {
    isAnswered = true;
    stopFetch();
    put(answerOf(status, index, body as T));
  });
  // Where no connection comes about at all, as behind some proxies, the page still shows what there is.
  const stopState = liveState.subscribe((state) => {
    if (state !== 'lost' || isAnswered || isFetched) return;
    isFetched = true;
    stopFetch = fetchOnce(path, put);
  });
  return () => {
    stop();
    stopState();
    stopFetch();
  };
}

function fetchOnce<T>(path: string, put: (answer: Answer<T>) => void): () => void {
  const abort = new AbortController();
  request('GET', path, { signal: abort.signal }).then(
    ({ status, index, text, json }) =>
      put(answerOf(status, index, text === '' ? (null as T) : json<T>())),
    (thrown: unknown) => {
      if (abort.signal.aborted) return;
      const failure = thrown instanceof ApiFailure ? thrown : new ApiFailure(0, String(thrown));
      put(failure.status === 404 ? { state: 'absent' } : { state: 'failed', failure });
    },
  );
  return () => abort.abort();
}

function answerOf<T>(status: number, index: number, body: T): Answer<T> {
  if (status === 404) return { state: 'absent' };
  if (status >= 400) {
    const text = typeof body === 'string' && body !== '' ? body : `the agent answered ${status}`;
    return { state: 'failed', failure: new ApiFailure(status, text) };
  }
  return { state: 'ready', value: body, index };
}
