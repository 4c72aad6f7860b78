import type { AclToken } from '@mesh/api-contract';
import { useState } from 'preact/hooks';
import { ApiFailure, request } from '../../api/request.ts';
import { TextField } from '../../components/field.tsx';
import { notify } from '../../components/notices.tsx';
import { signIn } from '../../settings/session.ts';
import { isSecret, signInProblem } from './secret.ts';

interface SignInFormProps {
  readonly dc: string;
  readonly onSignedIn?: () => void;
}

/** Asks for the secret of a token, and uses the token from then on if there is one. */
export function SignInForm({ dc, onSignedIn }: SignInFormProps) {
  const [secret, setSecret] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    const form = event.currentTarget as HTMLFormElement;
    const token = secret.trim();
    setBusy(true);
    const problem = isSecret(token) ? await trySecret(dc, token) : signInProblem(token);
    setBusy(false);
    setWrong(problem);
    if (problem === undefined) onSignedIn?.();
    else form.querySelector('input')?.focus();
  };
  return (
    <form class="form sign-in" onSubmit={submit} noValidate>
      <TextField
        label="Secret ID of a token"
        name="secret"
        type="password"
        value={secret}
        required
        wrong={wrong}
        hint="It is kept in this browser until you sign out."
        onInput={(text) => {
          setSecret(text);
          setWrong(undefined);
        }}
      />
      <div class="actions">
        <button type="submit" class="primary" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </div>
    </form>
  );
}

/** Signs in; answers what is wrong. */
async function trySecret(dc: string, secretId: string): Promise<string | undefined> {
  try {
    const path = '/v1/acl/token/self';
    const answer = await request('GET', path, { query: { dc }, token: secretId });
    const { AccessorID, Description } = answer.json<AclToken>();
    signIn({ secretId, accessorId: AccessorID });
    notify('done', `Signed in with the token ${Description || AccessorID}`);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof ApiFailure)) return String(thrown);
    if (thrown.status === 401) return 'ACLs are off: there is nothing to sign in to.';
    return thrown.status === 403 ? 'No token has this secret ID.' : thrown.message;
  }
}
