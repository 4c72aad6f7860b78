import { Observable } from './observable.ts';
import { readItem, writeItem } from './settings.ts';

/** Who is signed in, in this browser. */
export interface SignedIn {
  readonly secretId: string;
  readonly accessorId: string;
}

const KEY = 'mesh:token';

function decode(text: string | null): SignedIn | undefined {
  try {
    const { secretId, accessorId } = JSON.parse(text ?? 'null') as Partial<SignedIn>;
    if (typeof secretId !== 'string' || secretId === '') return undefined;
    return { secretId, accessorId: typeof accessorId === 'string' ? accessorId : '' };
  } catch {
    return undefined;
  }
}

/** The token that requests are made with; undefined for anonymous ones. */
export const session = new Observable<SignedIn | undefined>(decode(readItem(KEY)));

/** Uses a token from now on, in this browser. */
export function signIn(who: SignedIn): void {
  writeItem(KEY, JSON.stringify(who));
  session.set(who);
}

/** Forgets the token. */
export function signOut(): void {
  writeItem(KEY, null);
  session.set(undefined);
}
