import type { AclToken } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { attempt } from '../../components/notices.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useDraft } from '../../components/use-draft.ts';
import { navigate } from '../../routing/navigation.ts';
import { pathOf } from '../../routing/place.ts';
import { AclAnswered } from './acl-answered.tsx';
import { createRecord, recordPath, updateRecord } from './acl-requests.ts';
import { TokenActions } from './token-actions.tsx';
import { NEW_TOKEN, tokenBody, tokenDraft, tokenName } from './token-draft.ts';
import { TokenFacts } from './token-facts.tsx';
import { TokenForm } from './token-form.tsx';

const crumbsOf = (dc: string) => [{ to: pathOf(dc, 'acls', 'tokens'), text: 'Tokens' }];

/** A token that is yet to be. */
export function NewTokenPage({ dc }: { readonly dc: string }) {
  const policies = useQuery<unknown>('/v1/acl/policies', { query: { dc } });
  return (
    <>
      <PageHeader title="Create a token" crumbs={crumbsOf(dc)} />
      <AclAnswered answer={policies} dc={dc} what="policies">
        {() => <NewToken dc={dc} />}
      </AclAnswered>
    </>
  );
}

function NewToken({ dc }: { readonly dc: string }) {
  const edit = useDraft(NEW_TOKEN);
  const create = async () => {
    let accessor = '';
    const run = async () => {
      const answer = await createRecord(dc, 'token', tokenBody(edit.draft));
      accessor = answer.json<AclToken>().AccessorID;
    };
    const words = { done: 'Created the token', failed: 'The token was not created' };
    if (!(await attempt(run, words))) return;
    edit.release();
    // To its page: that is where its secret can be copied.
    navigate(pathOf(dc, 'acls', 'tokens', accessor));
  };
  return <TokenForm dc={dc} edit={edit} isNew onSubmit={create} />;
}

/** A token to look at, edit, use, clone and delete. */
export function TokenPage({ dc, id }: { readonly dc: string; readonly id: string }) {
  const token = useQuery<AclToken>(recordPath('token', id), { query: { dc } });
  return (
    <>
      <PageHeader
        title={token.state === 'ready' ? tokenName(token.value) : 'Token'}
        crumbs={crumbsOf(dc)}
      />
      <AclAnswered answer={token} dc={dc} what="the token" isRecord>
        {(found) => <Loaded dc={dc} token={found} />}
      </AclAnswered>
    </>
  );
}

function Loaded({ dc, token }: { readonly dc: string; readonly token: AclToken }) {
  const edit = useDraft(tokenDraft(token));
  const leave = (path: string) => {
    edit.release();
    navigate(path);
  };
  const save = async () => {
    const run = () => updateRecord(dc, 'token', token.AccessorID, tokenBody(edit.draft));
    const words = {
      done: `Saved the token ${tokenName(token)}`,
      failed: 'The token was not saved',
    };
    if (await attempt(run, words)) leave(pathOf(dc, 'acls', 'tokens'));
  };
  return (
    <>
      <TokenFacts token={token} />
      <TokenActions dc={dc} token={token} onLeave={leave} />
      {token.Legacy && (
        <div class="panel">
          This token is of the kind from before 1.4: it has rules of its own. Saving it here makes
          it one of today, which grants what is chosen below and nothing else.
          {token.Rules && <pre class="output">{token.Rules}</pre>}
        </div>
      )}
      <TokenForm dc={dc} edit={edit} isNew={false} onSubmit={save} />
    </>
  );
}
