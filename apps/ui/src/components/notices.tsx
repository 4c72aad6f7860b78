import { Observable, useObservable } from '../settings/observable.ts';

interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

/** How long a message of success stays, milliseconds; failures stay until they are closed. */
const DONE_MS = 5000;
const notices = new Observable<readonly Notice[]>([]);
let nextId = 1;

/** Tells what came of a change. */
export function notify(kind: Notice['kind'], text: string): void {
  const notice = { id: nextId++, kind, text };
  notices.set([...notices.value.slice(-4), notice]);
  if (kind === 'done') setTimeout(() => close(notice.id), DONE_MS);
}

/** Runs a change and tells what came of it; true when it succeeded. */
export async function attempt(
  change: () => Promise<unknown>,
  words: { readonly done: string; readonly failed: string },
): Promise<boolean> {
  try {
    await change();
    notify('done', words.done);
    return true;
  } catch (thrown) {
    notify(
      'failed',
      `${words.failed}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
    return false;
  }
}

function close(id: number): void {
  notices.set(notices.value.filter((notice) => notice.id !== id));
}

/** Messages on what came of changes; screen readers read them out. */
export function Notices() {
  const shown = useObservable(notices);
  return (
    <div class="notices" aria-live="polite">
      {shown.map(({ id, kind, text }) => (
        <div key={id} class={`notice notice-${kind}`}>
          <span>{text}</span>
          <button
            type="button"
            class="plain"
            aria-label="Close this message"
            onClick={() => close(id)}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
