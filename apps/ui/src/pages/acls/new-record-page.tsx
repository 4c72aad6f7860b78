import type { ComponentChildren } from 'preact';
import { useQuery } from '../../api/use-query.ts';
import { type Crumb, PageHeader } from '../../components/page-header.tsx';
import { place } from '../../routing/navigation.ts';
import { AclAnswered } from './acl-answered.tsx';
import { type AclKind, recordPath } from './acl-requests.ts';
import { copySource } from './copy-source.ts';

interface NewRecordPageProps<T> {
  readonly dc: string;
  readonly title: string;
  readonly kind: AclKind;
  /** Route of the list, which tells whether ACLs may be seen at all. */
  readonly listPath: string;
  /** For the messages: "policies". */
  readonly what: string;
  readonly crumbs: readonly Crumb[];
  /** The form; it begins with a copy of the record that the address names, if any. */
  readonly children: (source: T | undefined) => ComponentChildren;
}

/** A page that creates a record, perhaps as a copy of another. */
export function NewRecordPage<T>(props: NewRecordPageProps<T>) {
  const { dc, kind, what, children } = props;
  const id = copySource(place.value.search);
  const path = id === undefined ? props.listPath : recordPath(kind, id);
  const answer = useQuery<T>(path, { query: { dc } });
  return (
    <>
      <PageHeader title={props.title} crumbs={props.crumbs} />
      <AclAnswered answer={answer} dc={dc} what={what} isRecord={id !== undefined}>
        {(value) => children(id === undefined ? undefined : value)}
      </AclAnswered>
    </>
  );
}
