import type { AclRole } from '@mesh/api-contract';
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
import { RecordActions } from './record-actions.tsx';
import { NEW_ROLE, type RoleDraft, roleBody, roleCopy, roleDraft } from './role-draft.ts';
import { RoleForm } from './role-form.tsx';
import { UsersOf } from './users-of.tsx';

const listOf = (dc: string) => pathOf(dc, 'acls', 'roles');
const crumbsOf = (dc: string) => [{ to: listOf(dc), text: 'Roles' }];

/** A role that is yet to be. */
export function NewRolePage({ dc }: { readonly dc: string }) {
  return (
    <NewRecordPage<AclRole>
      dc={dc}
      title="Create a role"
      kind="role"
      listPath="/v1/acl/roles"
      what="roles"
      crumbs={crumbsOf(dc)}
    >
      {(source) => <NewRole dc={dc} begin={source ? roleCopy(source) : NEW_ROLE} />}
    </NewRecordPage>
  );
}

function NewRole({ dc, begin }: { readonly dc: string; readonly begin: RoleDraft }) {
  const edit = useDraft(begin);
  const create = async () => {
    const body = roleBody(edit.draft);
    const words = {
      done: `Created the role ${body.Name}`,
      failed: `The role ${body.Name} was not created`,
    };
    if (!(await attempt(() => createRecord(dc, 'role', body), words))) return;
    edit.release();
    navigate(listOf(dc));
  };
  return <RoleForm dc={dc} edit={edit} submit="Create" onSubmit={create} />;
}

/** A role to look at, edit, clone and delete. */
export function RolePage({ dc, id }: { readonly dc: string; readonly id: string }) {
  const role = useQuery<AclRole>(recordPath('role', id), { query: { dc } });
  return (
    <>
      <PageHeader title={role.state === 'ready' ? role.value.Name : 'Role'} crumbs={crumbsOf(dc)} />
      <AclAnswered answer={role} dc={dc} what="the role" isRecord>
        {(found) => <Loaded dc={dc} role={found} />}
      </AclAnswered>
    </>
  );
}

function Loaded({ dc, role }: { readonly dc: string; readonly role: AclRole }) {
  const { ID, Name } = role;
  const edit = useDraft(roleDraft(role));
  const leave = (path: string) => {
    edit.release();
    navigate(path);
  };
  const save = async () => {
    const words = { done: `Saved the role ${Name}`, failed: `${Name} was not saved` };
    const run = () => updateRecord(dc, 'role', ID, roleBody(edit.draft));
    if (await attempt(run, words)) leave(listOf(dc));
  };
  return (
    <>
      <p class="intro">
        <span class="code">{ID}</span> <CopyButton text={ID} what="ID" />
      </p>
      <RecordActions
        dc={dc}
        section="roles"
        kind="role"
        id={ID}
        name={Name}
        consequence="Tokens that have it lose what it grants."
        onLeave={leave}
      />
      <RoleForm dc={dc} edit={edit} submit="Save" onSubmit={save} />
      <UsersOf dc={dc} by="role" id={ID} />
    </>
  );
}
