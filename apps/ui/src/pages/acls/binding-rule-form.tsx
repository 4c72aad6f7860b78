import { useState } from 'preact/hooks';
import { request } from '../../api/request.ts';
import { ChoiceField, TextField } from '../../components/field.tsx';
import { attempt } from '../../components/notices.tsx';

type BindType = 'service' | 'role' | 'node';

interface RuleDraft {
  readonly type: BindType;
  readonly name: string;
  readonly selector: string;
  readonly description: string;
}

const NEW: RuleDraft = { type: 'service', name: '', selector: '', description: '' };

interface BindingRuleFormProps {
  readonly dc: string;
  /** Name of the auth method. */
  readonly method: string;
  readonly onCreated: () => void;
}

/** Adds a binding rule to an auth method. */
export function BindingRuleForm({ dc, method, onCreated }: BindingRuleFormProps) {
  const [draft, setDraft] = useState<RuleDraft>(NEW);
  const [isTried, setTried] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const change = (part: Partial<RuleDraft>) => setDraft((old) => ({ ...old, ...part }));
  const isMissing = draft.name.trim() === '';
  const submit = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    const form = event.currentTarget as HTMLFormElement;
    if (isMissing) form.querySelector<HTMLInputElement>('[name=bind-name]')?.focus();
    if (isMissing || isSaving) return;
    setSaving(true);
    const json = {
      AuthMethod: method,
      Description: draft.description,
      Selector: draft.selector.trim(),
      BindType: draft.type,
      BindName: draft.name.trim(),
    };
    const create = () => request('PUT', '/v1/acl/binding-rule', { query: { dc }, json });
    const words = { done: 'Added the binding rule', failed: 'The binding rule was not added' };
    const isDone = await attempt(create, words);
    setSaving(false);
    if (!isDone) return;
    setDraft(NEW);
    setTried(false);
    onCreated();
  };
  return (
    <form class="form" onSubmit={submit} noValidate aria-label="Add a binding rule">
      <Fields draft={draft} isMissing={isTried && isMissing} change={change} />
      <div class="actions">
        <button type="submit" disabled={isSaving}>
          {isSaving ? 'Adding…' : 'Add the rule'}
        </button>
      </div>
    </form>
  );
}

interface FieldsProps {
  readonly draft: RuleDraft;
  /** Whether the name was missed. */
  readonly isMissing: boolean;
  readonly change: (part: Partial<RuleDraft>) => void;
}

function Fields({ draft, isMissing, change }: FieldsProps) {
  return (
    <>
      <ChoiceField<BindType>
        label="Grants"
        name="bind-type"
        value={draft.type}
        choices={[
          ['service', 'a service identity'],
          ['node', 'a node identity'],
          ['role', 'a role'],
        ]}
        onChoice={(type) => change({ type })}
      />
      <TextField
        label="Its name"
        name="bind-name"
        value={draft.name}
        required
        placeholder="web-${value.team}"
        hint={'It may hold what is known of who logs in: ${value.team}.'}
        wrong={isMissing ? 'Enter the name of what is granted.' : undefined}
        onInput={(name) => change({ name })}
      />
      <TextField
        label="Selector (empty: everybody)"
        name="selector"
        value={draft.selector}
        placeholder='value.team == "ops"'
        onInput={(selector) => change({ selector })}
      />
      <TextField
        label="Description of the rule (optional)"
        name="rule-description"
        value={draft.description}
        onInput={(description) => change({ description })}
      />
    </>
  );
}
