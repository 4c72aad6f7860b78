import type { IntentionAction } from '@mesh/api-contract';

/** Whether connections are allowed: by color, sign and word. */
export function ActionBadge({ action }: { readonly action: IntentionAction }) {
  const isAllowed = action === 'allow';
  return (
    <span class={`badge ${isAllowed ? 'badge-passing' : 'badge-critical'}`}>
      <span aria-hidden="true" class="badge-sign">
        {isAllowed ? '✓' : '✕'}
      </span>
      {isAllowed ? 'Allow' : 'Deny'}
    </span>
  );
}
