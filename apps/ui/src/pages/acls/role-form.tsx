import { useState } from 'preact/hooks';
import { EditForm } from '../../components/edit-form.tsx';
import { TextField } from '../../components/field.tsx';
import type { DraftHandle } from '../../components/use-draft.ts';
import { pathOf } from '../../routing/place.ts';
import { GrantsFields } from './grants-fields.tsx';
import { MAX_ROLE_NAME, nameProblem } from './policy-draft.ts';
import { isRoleValid, type RoleDraft } from './role-draft.ts';

interface RoleFormProps {
  readonly dc: string;
  readonly edit: DraftHandle<RoleDraft>;
  readonly submit: string;
  readonly onSubmit: () => Promise<unknown>;
}

/** Fields of a role. */
export function RoleForm({ dc, edit, submit, onSubmit }: RoleFormProps) {
  const { draft, change } = edit;
  const [isTried, setTried] = useState(false);
  return (
    <EditForm
      edit={edit}
      submit={submit}
      cancelTo={pathOf(dc, 'acls', 'roles')}
      isValid={isRoleValid(draft)}
      onTry={() => setTried(true)}
      onSubmit={onSubmit}
    >
      <TextField
        label="Name"
        name="name"
        value={draft.name}
        required
        wrong={isTried || draft.name !== '' ? nameProblem(draft.name, MAX_ROLE_NAME) : undefined}
        onInput={(name) => change({ name })}
      />
      <TextField
        label="Description (optional)"
        name="description"
        value={draft.description}
        onInput={(description) => change({ description })}
      />
      <GrantsFields dc={dc} draft={draft} isTried={isTried} onChange={change} />
    </EditForm>
  );
}
