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
      ⧉
    </button>
  );
}
