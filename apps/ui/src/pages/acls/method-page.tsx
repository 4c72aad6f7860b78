import type { AclAuthMethod } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { attempt } from '../../components/notices.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useDraft } from '../../components/use-draft.ts';
import { navigate } from '../../routing/navigation.ts';
import { pathOf } from '../../routing/place.ts';
import { AclAnswered } from './acl-answered.tsx';
import { createRecord, recordPath, updateRecord } from './acl-requests.ts';
import { BindingRules } from './binding-rules.tsx';
import {
  type MethodDraft,
  methodBody,
  methodCopy,
  methodDraft,
  newMethod,
} from './method-draft.ts';
import { MethodForm } from './method-form.tsx';
import { NewRecordPage } from './new-record-page.tsx';
import { RecordActions } from './record-actions.tsx';
import { UsersOf } from './users-of.tsx';

const listOf = (dc: string) => pathOf(dc, 'acls', 'auth-methods');
const crumbsOf = (dc: string) => [{ to: listOf(dc), text: 'Auth methods' }];

/** An auth method that is yet to be. */
export function NewMethodPage({ dc }: { readonly dc: string }) {
  return (
    <NewRecordPage<AclAuthMethod>
      dc={dc}
      title="Create an auth method"
      kind="auth-method"
      listPath="/v1/acl/auth-methods"
      what="auth methods"
      crumbs={crumbsOf(dc)}
    >
      {(source) => <NewMethod dc={dc} begin={source ? methodCopy(source) : newMethod('jwt')} />}
    </NewRecordPage>
  );
}

function NewMethod({ dc, begin }: { readonly dc: string; readonly begin: MethodDraft }) {
  const edit = useDraft(begin);
  const create = async () => {
    const body = methodBody(edit.draft);
    const words = {
      done: `Created the auth method ${body.Name}`,
      failed: `The auth method ${body.Name} was not created`,
    };
    if (!(await attempt(() => createRecord(dc, 'auth-method', body), words))) return;
    edit.release();
    navigate(listOf(dc));
  };
  return <MethodForm dc={dc} edit={edit} isNew onSubmit={create} />;
}

/** An auth method to look at, edit, clone and delete, with the rules that bind its logins. */
export function MethodPage({ dc, id }: { readonly dc: string; readonly id: string }) {
  const method = useQuery<AclAuthMethod>(recordPath('auth-method', id), { query: { dc } });
  return (
    <>
      <PageHeader title={id} crumbs={crumbsOf(dc)} />
      <AclAnswered answer={method} dc={dc} what="the auth method" isRecord>
        {(found) => <Loaded dc={dc} method={found} />}
      </AclAnswered>
    </>
  );
}

function Loaded({ dc, method }: { readonly dc: string; readonly method: AclAuthMethod }) {
  const { Name } = method;
  const edit = useDraft(methodDraft(method));
  const leave = (path: string) => {
    edit.release();
    navigate(path);
  };
  const save = async () => {
    const words = { done: `Saved the auth method ${Name}`, failed: `${Name} was not saved` };
    const run = () => updateRecord(dc, 'auth-method', Name, methodBody(edit.draft));
    if (await attempt(run, words)) leave(listOf(dc));
  };
  return (
    <>
      <RecordActions
        dc={dc}
        section="auth-methods"
        kind="auth-method"
        id={Name}
        name={Name}
        consequence="Its binding rules, and all tokens that came of its logins, go with it."
        onLeave={leave}
      />
      <MethodForm dc={dc} edit={edit} isNew={false} onSubmit={save} />
      <BindingRules dc={dc} method={Name} />
      <UsersOf dc={dc} by="authmethod" id={Name} />
    </>
  );
}
