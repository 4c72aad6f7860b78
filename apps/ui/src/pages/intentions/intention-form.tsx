import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { EditForm } from '../../components/edit-form.tsx';
import { ChoiceField, TextField } from '../../components/field.tsx';
import type { DraftHandle } from '../../components/use-draft.ts';
import { bodyOf, type IntentionDraft, type IntentionRest, problemsOf } from './intention-draft.ts';
import { precedenceMeaning, precedenceOf } from './precedence.ts';
import { useServiceNames } from './use-service-names.ts';

interface IntentionFormProps {
  readonly dc: string;
  readonly edit: DraftHandle<IntentionDraft>;
  readonly rest: IntentionRest;
  readonly submit: string;
  readonly cancelTo: string;
  readonly onSubmit: () => Promise<unknown>;
  readonly after?: ComponentChildren;
}

/** Fields of an intention. */
export function IntentionForm(props: IntentionFormProps) {
  const { dc, edit, rest } = props;
  const { draft, change } = edit;
  const [isTried, setTried] = useState(false);
  const services = useServiceNames(dc);
  const problems = problemsOf(draft);
  // An empty name is told of when it is missed, not before it could be typed.
  const wrongName = (name: string, problem: string | undefined) =>
    isTried || name !== '' ? problem : undefined;
  return (
    <EditForm
      edit={edit}
      submit={props.submit}
      cancelTo={props.cancelTo}
      after={props.after}
      isValid={Object.values(problems).every((problem) => problem === undefined)}
      onTry={() => setTried(true)}
      onSubmit={props.onSubmit}
    >
      <div class="intention-sides">
        <TextField
          label="Source service"
          name="source"
          value={draft.source}
          required
          suggestions={services}
          hint={<SideHint namespace={rest.SourceNS} />}
          wrong={wrongName(draft.source, problems.source)}
          onInput={(source) => change({ source })}
        />
        <TextField
          label="Destination service"
          name="destination"
          value={draft.destination}
          required
          suggestions={services}
          hint={<SideHint namespace={rest.DestinationNS} />}
          wrong={wrongName(draft.destination, problems.destination)}
          onInput={(destination) => change({ destination })}
        />
      </div>
      <ChoiceField
        label="Connections"
        name="action"
        value={draft.action}
        choices={[
          ['allow', 'Allow'],
          ['deny', 'Deny'],
        ]}
        onChoice={(action) => change({ action })}
      />
      <TextField
        label="Description (optional)"
        name="description"
        value={draft.description}
        wrong={problems.description}
        onInput={(description) => change({ description })}
      />
      <Precedence draft={draft} rest={rest} />
    </EditForm>
  );
}

function SideHint({ namespace }: { readonly namespace: string }) {
  return (
    <>
      The name of a service, also of one that is yet to come, or <code>*</code> for all services
      {namespace === 'default' ? '.' : ` of the namespace ${namespace}.`}
    </>
  );
}

interface PrecedenceProps {
  readonly draft: IntentionDraft;
  readonly rest: IntentionRest;
}

/** The precedence that comes of the names, as they are typed. */
function Precedence({ draft, rest }: PrecedenceProps) {
  const { source, destination } = problemsOf(draft);
  if (source !== undefined || destination !== undefined) return null;
  const precedence = precedenceOf(bodyOf(draft, rest));
  return (
    <p class="intention-precedence" role="status">
      <span class="kind">Precedence {precedence}</span> {precedenceMeaning(precedence)}
    </p>
  );
}
