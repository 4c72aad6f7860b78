import { notify } from './notices.tsx';

/** Puts a text on the clipboard. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      notify('done', `Copied the ${what}`);
    } catch {
      notify('failed', `The browser did not let us copy the ${what}`);
    }
  };
  return (
    <button type="button" class="plain copy" aria-label={`Copy the ${what}`} onClick={copy}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path
          d="M5 5V2h9v9h-3M2 5h9v9H2z"
          fill="none"
          stroke="currentColor"
          stroke-linejoin="round"
        />
      </svg>
    </button>
  );
}
