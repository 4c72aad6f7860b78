import { signOut } from '../../settings/session.ts';
import type { Denial } from './denial.ts';
import { SignInForm } from './sign-in-form.tsx';

interface DeniedProps {
  readonly denial: Denial;
  readonly dc: string;
  /** What cannot be seen: "tokens". */
  readonly what: string;
  /** The agent's own words. */
  readonly message: string;
}

/** Says why the ACLs cannot be seen, and what can be done about it. */
export function Denied({ denial, dc, what, message }: DeniedProps) {
  switch (denial) {
    case 'off':
      return <AclsOff />;
    case 'anonymous':
      return (
        <section class="panel denied" aria-labelledby="denied">
          <h2 id="denied">Sign in to see {what}</h2>
          <p>Without a token, or with the agent’s own, you may not see them: {message}.</p>
          <SignInForm dc={dc} />
        </section>
      );
    case 'unknown-token':
      return (
        <section class="panel denied" aria-labelledby="denied">
          <h2 id="denied">The token that you are signed in with does not exist</h2>
          <p>It was deleted, has expired, or is one of another datacenter. Sign in with another.</p>
          <SignInForm dc={dc} />
          <SignOut />
        </section>
      );
    case 'lacking':
      return (
        <section class="panel denied" aria-labelledby="denied">
          <h2 id="denied">Your token may not see {what}</h2>
          <p>
            The agent says: <span class="code">{message}</span>. A policy with{' '}
            <code>acl = "read"</code> is needed. You may sign in with another token.
          </p>
          <SignInForm dc={dc} />
          <SignOut />
        </section>
      );
  }
}

function SignOut() {
  return (
    <div class="actions">
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </div>
  );
}

const CONFIGURATION = `acl {
  enabled = true
  default_policy = "deny"
}`;

/** What there is to see where ACLs are off. */
function AclsOff() {
  return (
    <section class="panel denied" aria-labelledby="denied">
      <h2 id="denied">ACLs are off</h2>
      <p>
        In this datacenter everybody who can reach an agent may see and change everything. To say
        who may do what:
      </p>
      <ol>
        <li>
          Switch ACLs on in the configuration of every agent, servers first, and restart them:
          <pre class="output">{CONFIGURATION}</pre>
        </li>
        <li>
          Create the first token: <code>consul acl bootstrap</code>
        </li>
        <li>Sign in here with its secret ID, and create policies, roles and tokens.</li>
      </ol>
    </section>
  );
}
