import { useState } from 'preact/hooks';
import { EditForm } from '../../components/edit-form.tsx';
import { TextField } from '../../components/field.tsx';
import type { DraftHandle } from '../../components/use-draft.ts';
import { pathOf } from '../../routing/place.ts';
import { MAX_POLICY_NAME, nameProblem, type PolicyDraft } from './policy-draft.ts';

interface PolicyFormProps {
  readonly dc: string;
  readonly edit: DraftHandle<PolicyDraft>;
  readonly submit: string;
  /** The policy that grants everything: its rules stay as they are. */
  readonly isBuiltIn: boolean;
  readonly onSubmit: () => Promise<unknown>;
}

/** Fields of a policy. */
export function PolicyForm({ dc, edit, submit, isBuiltIn, onSubmit }: PolicyFormProps) {
  const { draft, change } = edit;
  const [isTried, setTried] = useState(false);
  const wrongName = nameProblem(draft.name, MAX_POLICY_NAME);
  return (
    <EditForm
      edit={edit}
      submit={submit}
      cancelTo={pathOf(dc, 'acls', 'policies')}
      isValid={wrongName === undefined}
      onTry={() => setTried(true)}
      onSubmit={onSubmit}
    >
      <TextField
        label="Name"
        name="name"
        value={draft.name}
        required
        wrong={isTried || draft.name !== '' ? wrongName : undefined}
        onInput={(name) => change({ name })}
      />
      <TextField
        label="Description (optional)"
        name="description"
        value={draft.description}
        onInput={(description) => change({ description })}
      />
      <TextField
        label="Rules"
        name="rules"
        rows={14}
        value={draft.rules}
        disabled={isBuiltIn}
        placeholder={'service_prefix "" {\n  policy = "read"\n}'}
        hint={isBuiltIn ? 'This policy is built in: it grants everything.' : <RulesHint />}
        onInput={(rules) => change({ rules })}
      />
      {!isBuiltIn && (
        <TextField
          label="Datacenters (empty: all)"
          name="datacenters"
          value={draft.datacenters}
          placeholder="dc1, dc2"
          hint="Where the rules count."
          onInput={(datacenters) => change({ datacenters })}
        />
      )}
    </EditForm>
  );
}

function RulesHint() {
  return (
    <>
      HCL or JSON. <code>acl</code>, <code>operator</code> and <code>keyring</code> are given read,
      write or deny; <code>agent</code>, <code>event</code>, <code>key</code>, <code>node</code>,{' '}
      <code>query</code>, <code>service</code> and <code>session</code> by name, or by what names
      begin with: <code>key_prefix "app/"</code>.
    </>
  );
}
