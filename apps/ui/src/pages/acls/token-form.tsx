import type { AclRole } from '@mesh/api-contract';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useQuery } from '../../api/use-query.ts';
import { EditForm } from '../../components/edit-form.tsx';
import { CheckField, TextField } from '../../components/field.tsx';
import type { DraftHandle } from '../../components/use-draft.ts';
import { pathOf } from '../../routing/place.ts';
import { GrantsFields } from './grants-fields.tsx';
import { LinkPicker } from './link-picker.tsx';
import { isTokenValid, type TokenDraft, ttlProblem } from './token-draft.ts';

interface TokenFormProps {
  readonly dc: string;
  readonly edit: DraftHandle<TokenDraft>;
  readonly isNew: boolean;
  readonly onSubmit: () => Promise<unknown>;
  readonly after?: ComponentChildren;
}

/** Fields of a token. */
export function TokenForm({ dc, edit, isNew, onSubmit, after }: TokenFormProps) {
  const { draft, change } = edit;
  const [isTried, setTried] = useState(false);
  const roles = useQuery<readonly AclRole[]>('/v1/acl/roles', { query: { dc } });
  return (
    <EditForm
      edit={edit}
      submit={isNew ? 'Create' : 'Save'}
      cancelTo={pathOf(dc, 'acls', 'tokens')}
      isValid={isTokenValid(draft)}
      onTry={() => setTried(true)}
      onSubmit={onSubmit}
      after={after}
    >
      <TextField
        label="Description (optional)"
        name="description"
        value={draft.description}
        hint="Who uses it, and what for."
        onInput={(description) => change({ description })}
      />
      <GrantsFields dc={dc} draft={draft} isTried={isTried} onChange={change} />
      <LinkPicker
        title="Roles"
        one="role"
        chosen={draft.roles}
        available={roles}
        pageOf={({ ID }) => pathOf(dc, 'acls', 'roles', ID)}
        onChange={(next) => change({ roles: next })}
      />
      {isNew && (
        <>
          <TextField
            label="Ends after (optional)"
            name="ttl"
            value={draft.ttl}
            placeholder="12h"
            hint="A duration from 1m to 24h; empty for a token that never ends. It cannot be changed later."
            wrong={ttlProblem(draft.ttl)}
            onInput={(ttl) => change({ ttl })}
          />
          <CheckField
            label="Counts in this datacenter alone"
            name="local"
            checked={draft.isLocal}
            hint="A local token is not copied to other datacenters. It cannot be changed later."
            onChange={(isLocal) => change({ isLocal })}
          />
        </>
      )}
    </EditForm>
  );
}
