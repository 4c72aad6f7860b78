import type { Intention } from '@mesh/api-contract';
import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SearchBox, useSearch } from '../../components/search-box.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import type { PageProps } from '../page.ts';
import { ActionBadge } from './action-badge.tsx';
import { DeleteIntention } from './delete-intention.tsx';
import { matchesIntention, parseIntentionSearch } from './intention-search.ts';
import { sideText } from './precedence.ts';

/** Intentions of a datacenter, in the order in which they decide. */
export default function IntentionListPage({ dc }: PageProps) {
  const intentions = useQuery<readonly Intention[]>('/v1/connect/intentions', { query: { dc } });
  const [search, setSearch] = useSearch();
  return (
    <>
      <PageHeader
        title="Intentions"
        actions={
          <Link to={pathOf(dc, 'intentions', 'create')} class="button primary">
            Create
          </Link>
        }
      />
      <SearchBox
        label="Search intentions"
        placeholder="Search: web, source:web, destination:db, action:deny"
        value={search}
        onInput={setSearch}
      />
      <Answered answer={intentions} what="intentions">
        {(found) => (
          <Intentions dc={dc} intentions={found} search={search} onDeleted={intentions.refresh} />
        )}
      </Answered>
    </>
  );
}

interface IntentionsProps {
  readonly dc: string;
  readonly intentions: readonly Intention[];
  readonly search: string;
  readonly onDeleted: () => void;
}

function Intentions({ dc, intentions, search, onDeleted }: IntentionsProps) {
  const shown = useMemo(() => {
    const wanted = parseIntentionSearch(search);
    return intentions.filter((intention) => matchesIntention(intention, wanted));
  }, [intentions, search]);
  if (shown.length === 0) {
    return search === '' ? (
      <Empty title="No intentions yet">
        Without one, the default of the ACLs says which services may connect: everything is allowed
        where ACLs are off.
      </Empty>
    ) : (
      <Empty title="No intention matches">{search}</Empty>
    );
  }
  return (
    <>
      <p class="intention-order">
        In order of precedence: of those that match a connection, the first decides.
      </p>
      <WindowedList label="Intentions" items={shown} keyOf={({ ID }) => ID}>
        {(intention) => <Row dc={dc} intention={intention} onDeleted={onDeleted} />}
      </WindowedList>
    </>
  );
}

interface RowProps {
  readonly dc: string;
  readonly intention: Intention;
  readonly onDeleted: () => void;
}

function Row({ dc, intention, onDeleted }: RowProps) {
  const { ID, Action, Precedence, Description } = intention;
  const source = sideText(intention.SourceNS, intention.SourceName);
  const destination = sideText(intention.DestinationNS, intention.DestinationName);
  return (
    <div class="row intention-row">
      <Link to={pathOf(dc, 'intentions', ID)} class="row-name intention-names">
        <span class="intention-side">{source}</span>
        <span aria-hidden="true">→</span>
        <span class="visually-hidden"> to </span>
        <span class="intention-side">{destination}</span>
      </Link>
      <span class="row-facts">
        <ActionBadge action={Action} />
        <span class="kind">Precedence {Precedence}</span>
        {Description !== '' && <span class="intention-description">{Description}</span>}
      </span>
      <DeleteIntention dc={dc} intention={intention} onDeleted={onDeleted} />
    </div>
  );
}
