import type { AclToken } from '@mesh/api-contract';
import { request } from '../../api/request.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { attempt, notify } from '../../components/notices.tsx';
import { pathOf } from '../../routing/place.ts';
import { useObservable } from '../../settings/observable.ts';
import { session, signIn } from '../../settings/session.ts';
import { deleteRecord, recordPath } from './acl-requests.ts';
import { knownSecret } from './secret.ts';
import { ANONYMOUS_ID, tokenName } from './token-draft.ts';

interface TokenActionsProps {
  readonly dc: string;
  readonly token: AclToken;
  /** Goes to another page. */
  readonly onLeave: (path: string) => void;
}

/** What may be done with a token besides editing it. */
export function TokenActions({ dc, token, onLeave }: TokenActionsProps) {
  const { AccessorID } = token;
  const isMine = useObservable(session)?.accessorId === AccessorID;
  const isAnonymous = AccessorID === ANONYMOUS_ID;
  return (
    <div class="actions acl-actions">
      {isMine && <span class="badge badge-passing">You are signed in with this token</span>}
      {!isMine && !isAnonymous && <UseButton token={token} />}
      {!isAnonymous && !token.AuthMethod && <CloneButton dc={dc} token={token} onLeave={onLeave} />}
      {!isMine && !isAnonymous && <DeleteButton dc={dc} token={token} onLeave={onLeave} />}
    </div>
  );
}

function UseButton({ token }: { readonly token: AclToken }) {
  const secretId = knownSecret(token.SecretID);
  if (secretId === undefined) return null;
  const name = tokenName(token);
  return (
    <ConfirmButton
      class="button"
      text="Use this token"
      question="You are signed in with it from then on, in this browser, and may do what it may."
      confirm="Use it"
      onConfirm={() => {
        signIn({ secretId, accessorId: token.AccessorID });
        notify('done', `Signed in with the token ${name}`);
      }}
    />
  );
}

function CloneButton({ dc, token, onLeave }: TokenActionsProps) {
  const clone = async () => {
    let accessor = '';
    const run = async () => {
      const path = `${recordPath('token', token.AccessorID)}/clone`;
      const json = { Description: `Clone of ${tokenName(token)}` };
      const answer = await request('PUT', path, { query: { dc }, json });
      accessor = answer.json<AclToken>().AccessorID;
    };
    const words = { done: `Cloned ${tokenName(token)}`, failed: 'The token was not cloned' };
    if (await attempt(run, words)) onLeave(pathOf(dc, 'acls', 'tokens', accessor));
  };
  return (
    <button type="button" onClick={clone}>
      Clone
    </button>
  );
}

function DeleteButton({ dc, token, onLeave }: TokenActionsProps) {
  const name = tokenName(token);
  const remove = async () => {
    const run = () => deleteRecord(dc, 'token', token.AccessorID);
    const words = { done: `Deleted the token ${name}`, failed: 'The token was not deleted' };
    if (await attempt(run, words)) onLeave(pathOf(dc, 'acls', 'tokens'));
  };
  return (
    <ConfirmButton
      text="Delete"
      question={
        <>
          Whoever uses the token <strong>{name}</strong> has no rights by it from then on.
        </>
      }
      confirm="Delete the token"
      onConfirm={remove}
    />
  );
}
