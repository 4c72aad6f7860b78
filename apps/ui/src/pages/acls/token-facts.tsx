import type { AclToken } from '@mesh/api-contract';
import { useState } from 'preact/hooks';
import { CopyButton } from '../../components/copy-button.tsx';
import { knownSecret } from './secret.ts';
import { formattedTime } from './time.ts';

/** What cannot be changed of a token. Its secret is shown when asked for. */
export function TokenFacts({ token }: { readonly token: AclToken }) {
  const { AccessorID, SecretID, AuthMethod, ExpirationTime } = token;
  return (
    <dl class="facts panel">
      <dt>Accessor ID</dt>
      <dd>
        <span class="code">{AccessorID}</span> <CopyButton text={AccessorID} what="accessor ID" />
      </dd>
      <dt>Secret ID</dt>
      <dd>
        <Secret secret={knownSecret(SecretID)} />
      </dd>
      <dt>Counts in</dt>
      <dd>{token.Local ? 'this datacenter alone' : 'all datacenters'}</dd>
      {AuthMethod && (
        <>
          <dt>From a login by</dt>
          <dd>{AuthMethod}</dd>
        </>
      )}
      <dt>Created</dt>
      <dd>{formattedTime(token.CreateTime)}</dd>
      <dt>Ends</dt>
      <dd>{ExpirationTime === undefined ? 'never' : formattedTime(ExpirationTime)}</dd>
    </dl>
  );
}

function Secret({ secret }: { readonly secret: string | undefined }) {
  const [isShown, setShown] = useState(false);
  if (secret === undefined) return <>hidden from you: acl write is needed to see it</>;
  return (
    <>
      <span class="code">{isShown ? secret : '••••••••'}</span>{' '}
      <button type="button" class="plain" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
        <span class="visually-hidden"> the secret ID</span>
      </button>
      <CopyButton text={secret} what="secret ID" />
    </>
  );
}
