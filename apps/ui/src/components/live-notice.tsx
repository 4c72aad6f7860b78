import { useEffect, useState } from 'preact/hooks';
import { live, liveState } from '../api/live.ts';
import { useObservable } from '../settings/observable.ts';
import { settings } from '../settings/settings.ts';

/** A lost connection is told only when it did not come back at once, milliseconds. */
const PATIENCE_MS = 700;

/** Says that the live connection is lost, as long as it is. */
export function LiveNotice() {
  const state = useObservable(liveState);
  const isWanted = useObservable(settings).live;
  const isUp = !isWanted || state === 'open' || state === 'idle';
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (isUp) {
      setLate(false);
      return undefined;
    }
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isUp]);
  return (
    <div role="status" class="live-notice" data-lost={!isUp && isLate}>
      {!isUp && isLate && (
        <>
          <span>
            The connection to the agent is lost: what you see may be old. Trying again by itself.
          </span>
          <button type="button" onClick={() => live.retry()}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}
