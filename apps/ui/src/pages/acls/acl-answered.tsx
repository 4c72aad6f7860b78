import type { AclToken } from '@mesh/api-contract';
import type { ComponentChildren } from 'preact';
import { type Answer, type QueryHandle, useQuery } from '../../api/use-query.ts';
import { Answered, Empty, Loading } from '../../components/data-states.tsx';
import { useObservable } from '../../settings/observable.ts';
import { session } from '../../settings/session.ts';
import { denialOf } from './denial.ts';
import { Denied } from './denied.tsx';

interface AclAnsweredProps<T> {
  readonly answer: Answer<T> & QueryHandle;
  readonly dc: string;
  /** For the messages: "tokens". */
  readonly what: string;
  /** The query is for one record, which may not exist. */
  readonly isRecord?: boolean;
  readonly children: (value: T) => ComponentChildren;
}

/** What a query about ACLs answered, or why it did not. */
export function AclAnswered<T>({ answer, dc, what, isRecord, children }: AclAnsweredProps<T>) {
  const isSignedIn = useObservable(session) !== undefined;
  const failure = answer.state === 'failed' ? answer.failure : undefined;
  const denial = failure && denialOf(failure, isSignedIn);
  // The agent says the same of a record that is not there as of a token that is not.
  const isUnclear = isRecord === true && denial === 'unknown-token';
  const self = useQuery<AclToken>(isUnclear ? '/v1/acl/token/self' : undefined, { query: { dc } });
  const absent = (
    <Empty title={`There is no such thing among ${what}`}>It may have been deleted.</Empty>
  );
  if (isUnclear && self.state === 'loading') return <Loading what={what} />;
  if (isUnclear && self.state === 'ready') return absent;
  if (failure && denial) {
    return <Denied denial={denial} dc={dc} what={what} message={failure.message} />;
  }
  return (
    <Answered answer={answer} what={what} absent={absent}>
      {(value) => children(value)}
    </Answered>
  );
}
