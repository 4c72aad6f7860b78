import type { Intention } from '@mesh/api-contract';
import { request } from '../../api/request.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { attempt } from '../../components/notices.tsx';
import { sideText } from './precedence.ts';

interface DeleteIntentionProps {
  readonly dc: string;
  readonly intention: Intention;
  readonly onDeleted: () => void;
}

/** Deletes an intention, after a question. */
export function DeleteIntention({ dc, intention, onDeleted }: DeleteIntentionProps) {
  const source = sideText(intention.SourceNS, intention.SourceName);
  const destination = sideText(intention.DestinationNS, intention.DestinationName);
  const remove = async () => {
    const path = `/v1/connect/intentions/${encodeURIComponent(intention.ID)}`;
    const isGone = await attempt(() => request('DELETE', path, { query: { dc } }), {
      done: `Deleted the intention from ${source} to ${destination}`,
      failed: `The intention from ${source} to ${destination} was not deleted`,
    });
    if (isGone) onDeleted();
  };
  return (
    <ConfirmButton
      text="Delete"
      label={`Delete the intention from ${source} to ${destination}`}
      question={
        <>
          The intention that {intention.Action === 'allow' ? 'allows' : 'denies'} connections from{' '}
          <strong>{source}</strong> to <strong>{destination}</strong> is removed. Those of a lower
          precedence, or the default, decide from then on.
        </>
      }
      confirm="Delete the intention"
      onConfirm={remove}
    />
  );
}
