import { ConfirmButton } from '../../components/confirm-button.tsx';
import { attempt } from '../../components/notices.tsx';
import { pathOf } from '../../routing/place.ts';
import { type AclKind, deleteRecord } from './acl-requests.ts';
import type { AclSection } from './acl-sections.tsx';
import { copyPath } from './copy-source.ts';

interface RecordActionsProps {
  readonly dc: string;
  readonly section: AclSection;
  readonly kind: AclKind;
  readonly id: string;
  readonly name: string;
  /** What its deletion does to others. */
  readonly consequence: string;
  /** @default true */
  readonly mayDelete?: boolean;
  /** Goes to another page. */
  readonly onLeave: (path: string) => void;
}

/** Clones or deletes a policy, a role or an auth method. */
export function RecordActions(props: RecordActionsProps) {
  const { dc, section, kind, id, name, consequence, mayDelete = true, onLeave } = props;
  const what = `${kind.replace('-', ' ')} ${name}`;
  const remove = async () => {
    const words = { done: `Deleted the ${what}`, failed: `The ${what} was not deleted` };
    if (await attempt(() => deleteRecord(dc, kind, id), words))
      onLeave(pathOf(dc, 'acls', section));
  };
  return (
    <div class="actions acl-actions">
      <button type="button" onClick={() => onLeave(copyPath(dc, section, id))}>
        Clone
      </button>
      {mayDelete && (
        <ConfirmButton
          text="Delete"
          question={
            <>
              The {kind.replace('-', ' ')} <strong>{name}</strong> is removed. {consequence}
            </>
          }
          confirm={`Delete the ${kind.replace('-', ' ')}`}
          onConfirm={remove}
        />
      )}
    </div>
  );
}
