import type { AclPolicy } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { attempt } from '../../components/notices.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useDraft } from '../../components/use-draft.ts';
import { navigate } from '../../routing/navigation.ts';
import { pathOf } from '../../routing/place.ts';
import { AclAnswered } from './acl-answered.tsx';
import { createRecord, recordPath, updateRecord } from './acl-requests.ts';
import { NewRecordPage } from './new-record-page.tsx';
import {
  MANAGEMENT_ID,
  NEW_POLICY,
  type PolicyDraft,
  policyBody,
  policyCopy,
  policyDraft,
} from './policy-draft.ts';
import { PolicyForm } from './policy-form.tsx';
import { RecordActions } from './record-actions.tsx';
import { UsersOf } from './users-of.tsx';

const listOf = (dc: string) => pathOf(dc, 'acls', 'policies');
const crumbsOf = (dc: string) => [{ to: listOf(dc), text: 'Policies' }];

/** A policy that is yet to be. */
export function NewPolicyPage({ dc }: { readonly dc: string }) {
  return (
    <NewRecordPage<AclPolicy>
      dc={dc}
      title="Create a policy"
      kind="policy"
      listPath="/v1/acl/policies"
      what="policies"
      crumbs={crumbsOf(dc)}
    >
      {(source) => <NewPolicy dc={dc} begin={source ? policyCopy(source) : NEW_POLICY} />}
    </NewRecordPage>
  );
}

function NewPolicy({ dc, begin }: { readonly dc: string; readonly begin: PolicyDraft }) {
  const edit = useDraft(begin);
  const create = async () => {
    const body = policyBody(edit.draft);
    const words = {
      done: `Created the policy ${body.Name}`,
      failed: `The policy ${body.Name} was not created`,
    };
    if (!(await attempt(() => createRecord(dc, 'policy', body), words))) return;
    edit.release();
    navigate(listOf(dc));
  };
  return <PolicyForm dc={dc} edit={edit} submit="Create" isBuiltIn={false} onSubmit={create} />;
}

/** A policy to look at, edit, clone and delete. */
export function PolicyPage({ dc, id }: { readonly dc: string; readonly id: string }) {
  const policy = useQuery<AclPolicy>(recordPath('policy', id), { query: { dc } });
  return (
    <>
      <PageHeader
        title={policy.state === 'ready' ? policy.value.Name : 'Policy'}
        crumbs={crumbsOf(dc)}
      />
      <AclAnswered answer={policy} dc={dc} what="the policy" isRecord>
        {(found) => <Loaded dc={dc} policy={found} />}
      </AclAnswered>
    </>
  );
}

function Loaded({ dc, policy }: { readonly dc: string; readonly policy: AclPolicy }) {
  const { ID, Name } = policy;
  const edit = useDraft(policyDraft(policy));
  const isBuiltIn = ID === MANAGEMENT_ID;
  const leave = (path: string) => {
    edit.release();
    navigate(path);
  };
  const save = async () => {
    const words = { done: `Saved the policy ${Name}`, failed: `${Name} was not saved` };
    const run = () => updateRecord(dc, 'policy', ID, policyBody(edit.draft));
    if (await attempt(run, words)) leave(listOf(dc));
  };
  return (
    <>
      <p class="intro">
        <span class="code">{ID}</span> <CopyButton text={ID} what="ID" />
      </p>
      <RecordActions
        dc={dc}
        section="policies"
        kind="policy"
        id={ID}
        name={Name}
        consequence="Tokens and roles that have it lose what it grants."
        mayDelete={!isBuiltIn}
        onLeave={leave}
      />
      <PolicyForm dc={dc} edit={edit} submit="Save" isBuiltIn={isBuiltIn} onSubmit={save} />
      <UsersOf dc={dc} by="policy" id={ID} />
    </>
  );
}
