import { useEffect, useState } from 'preact/hooks';
import { ApiFailure } from '../../api/request.ts';
import { type Answer, type QueryHandle, useQuery } from '../../api/use-query.ts';
import { fitsPath, fittingFolder, keyPath } from './key-path.ts';
import { decodePair, hasRoundedFlags, type JsonPair, type Pair } from './kv-pair.ts';
import { readPair } from './kv-requests.ts';

/** A key, followed while the component lives. */
export function usePair(dc: string, key: string): Answer<Pair> & QueryHandle {
  const isPlain = fitsPath(key);
  // Of a key that no path can carry, the keys around it tell when to read it again.
  const path = keyPath(isPlain ? key : fittingFolder(key));
  const answer = useQuery<readonly (JsonPair | string)[]>(path, {
    query: isPlain ? { dc } : { dc, keys: true },
  });
  const [kept, setKept] = useState<{ of: unknown; answer: Answer<Pair> }>();
  const isAnswered = answer.state === 'ready';
  const source = isAnswered ? answer.value : undefined;

  useEffect(() => {
    if (!source) return undefined;
    const [first] = source;
    if (isPlain && typeof first === 'object' && !hasRoundedFlags(first)) {
      setKept({ of: source, answer: ready(decodePair(first)) });
      return undefined;
    }
    const abort = new AbortController();
    readPair(dc, key, abort.signal).then(
      (pair) => setKept({ of: source, answer: pair ? ready(pair) : { state: 'absent' } }),
      (thrown: unknown) => {
        if (abort.signal.aborted) return;
        const failure = thrown instanceof ApiFailure ? thrown : new ApiFailure(0, String(thrown));
        setKept({ of: source, answer: { state: 'failed', failure } });
      },
    );
    return () => abort.abort();
  }, [dc, key, isPlain, source]);

  const { refresh } = answer;
  if (answer.state !== 'ready') return answer;
  // While a new answer is read, the one before it stays.
  return { ...(kept?.answer ?? { state: 'loading' }), refresh };
}

function ready(pair: Pair): Answer<Pair> {
  return { state: 'ready', value: pair, index: pair.modifyIndex };
}
