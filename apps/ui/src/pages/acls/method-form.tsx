import { useState } from 'preact/hooks';
import { EditForm } from '../../components/edit-form.tsx';
import { ChoiceField, TextField } from '../../components/field.tsx';
import type { DraftHandle } from '../../components/use-draft.ts';
import { pathOf } from '../../routing/place.ts';
import {
  configProblem,
  isMethodValid,
  type MethodDraft,
  type MethodType,
  maxTtlProblem,
  withType,
} from './method-draft.ts';
import { MAX_ROLE_NAME, nameProblem } from './policy-draft.ts';

interface MethodFormProps {
  readonly dc: string;
  readonly edit: DraftHandle<MethodDraft>;
  /** Name and type are chosen once. */
  readonly isNew: boolean;
  readonly onSubmit: () => Promise<unknown>;
}

/** Fields of an auth method. */
export function MethodForm({ dc, edit, isNew, onSubmit }: MethodFormProps) {
  const { draft, change } = edit;
  const [isTried, setTried] = useState(false);
  return (
    <EditForm
      edit={edit}
      submit={isNew ? 'Create' : 'Save'}
      cancelTo={pathOf(dc, 'acls', 'auth-methods')}
      isValid={isMethodValid(draft)}
      onTry={() => setTried(true)}
      onSubmit={onSubmit}
    >
      {isNew && <Identity draft={draft} isTried={isTried} change={change} />}
      <TextField
        label="Name to show (optional)"
        name="display-name"
        value={draft.displayName}
        onInput={(displayName) => change({ displayName })}
      />
      <TextField
        label="Description (optional)"
        name="description"
        value={draft.description}
        onInput={(description) => change({ description })}
      />
      <TextField
        label="Tokens of its logins end after"
        name="max-ttl"
        value={draft.maxTtl}
        placeholder="1h"
        hint="A duration from 1m to 24h; empty for tokens that never end."
        wrong={maxTtlProblem(draft)}
        onInput={(maxTtl) => change({ maxTtl })}
      />
      <ChoiceField<MethodDraft['locality']>
        label="Tokens of its logins count in"
        name="locality"
        value={draft.locality}
        choices={[
          ['local', 'the datacenter of the login'],
          ['global', 'all datacenters'],
        ]}
        onChoice={(locality) => change({ locality })}
      />
      <TextField
        label={`Configuration of the type ${draft.type}`}
        name="config"
        rows={14}
        value={draft.config}
        hint="A JSON object."
        wrong={configProblem(draft.config)}
        onInput={(config) => change({ config })}
      />
    </EditForm>
  );
}

interface IdentityProps {
  readonly draft: MethodDraft;
  readonly isTried: boolean;
  readonly change: (part: Partial<MethodDraft>) => void;
}

function Identity({ draft, isTried, change }: IdentityProps) {
  const isDue = isTried || draft.name !== '';
  return (
    <>
      <TextField
        label="Name"
        name="name"
        value={draft.name}
        required
        wrong={isDue ? nameProblem(draft.name, MAX_ROLE_NAME) : undefined}
        onInput={(name) => change({ name })}
      />
      <ChoiceField<MethodType>
        label="Type"
        name="type"
        value={draft.type as MethodType}
        choices={[
          ['jwt', 'JWT'],
          ['kubernetes', 'Kubernetes'],
        ]}
        onChoice={(type) => change(withType(draft, type))}
      />
    </>
  );
}
