import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/use-query.ts';
import { Empty } from '../../components/data-states.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SearchBox, useSearch } from '../../components/search-box.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { AclAnswered } from './acl-answered.tsx';
import { matchesAcl, parseAclSearch, type Searchable } from './acl-search.ts';
import { type AclSection, AclSections } from './acl-sections.tsx';

interface AclListProps<T> {
  readonly dc: string;
  readonly section: AclSection;
  readonly title: string;
  /** Route that lists them. */
  readonly path: string;
  /** For the messages: "tokens". */
  readonly what: string;
  /** In the field: what may be searched for. */
  readonly placeholder: string;
  readonly searchKeys: readonly string[];
  readonly searchable: (row: T) => Searchable;
  readonly keyOf: (row: T) => string;
  /** By which the rows are ordered; equals by their keys. */
  readonly orderOf: (row: T) => string;
  /** Shown where there is none. */
  readonly empty: ComponentChildren;
  readonly children: (row: T) => ComponentChildren;
}

/** A page that lists one kind of records of the ACLs. */
export function AclList<T>(props: AclListProps<T>) {
  const { dc, section, title, path, what, children } = props;
  const answer = useQuery<readonly T[] | null>(path, { query: { dc } });
  const [search, setSearch] = useSearch();
  const create = (
    <Link to={pathOf(dc, 'acls', section, 'create')} class="button primary">
      Create
    </Link>
  );
  return (
    <>
      <PageHeader title={title} actions={answer.state === 'ready' && create} />
      <AclSections dc={dc} current={section} />
      <AclAnswered answer={answer} dc={dc} what={what}>
        {(rows) => (
          <>
            <SearchBox
              label={`Search ${what}`}
              placeholder={props.placeholder}
              value={search}
              onInput={setSearch}
            />
            <Rows {...props} rows={rows ?? []} search={search}>
              {children}
            </Rows>
          </>
        )}
      </AclAnswered>
    </>
  );
}

interface RowsProps<T> extends AclListProps<T> {
  readonly rows: readonly T[];
  readonly search: string;
}

function Rows<T>(props: RowsProps<T>) {
  const { title, what, rows, search, searchKeys, searchable, keyOf, orderOf, empty } = props;
  const ordered = useMemo(
    () => rows.toSorted((a, b) => compare(orderOf(a), orderOf(b)) || compare(keyOf(a), keyOf(b))),
    [rows, orderOf, keyOf],
  );
  const shown = useMemo(() => {
    const wanted = parseAclSearch(search, searchKeys);
    return ordered.filter((row) => matchesAcl(searchable(row), wanted));
  }, [ordered, search, searchKeys, searchable]);
  if (rows.length === 0) return <Empty title={`No ${what} yet`}>{empty}</Empty>;
  if (shown.length === 0) return <Empty title={`Nothing among ${what} matches`}>{search}</Empty>;
  return (
    <WindowedList label={title} items={shown} keyOf={keyOf}>
      {props.children}
    </WindowedList>
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
