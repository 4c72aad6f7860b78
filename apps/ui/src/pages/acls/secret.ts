/** Whether a text may be a secret: it goes into a header, where only visible ASCII may stand. */
export function isSecret(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Why a text cannot be the secret of a token. */
export function signInProblem(text: string): string {
  if (text === '') return 'Enter the secret ID of a token.';
  return 'No secret ID looks like this: they are UUIDs, 1b4e28ba-2fa1-11d2-883f-0016d3cca427.';
}

/** Secrets are left out for those who may read tokens but not write them. */
export function knownSecret(secretId: string | undefined): string | undefined {
  return secretId === undefined || secretId === '' || secretId === '<hidden>'
    ? undefined
    : secretId;
}
