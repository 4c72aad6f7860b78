import type { Intention } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { ActionBadge } from '../intentions/action-badge.tsx';

interface ServiceIntentionsProps {
  readonly dc: string;
  readonly name: string;
}

/** Intentions that speak of a service on either side, wildcards included, in order of precedence. */
export function ServiceIntentions({ dc, name }: ServiceIntentionsProps) {
  const intentions = useQuery<readonly Intention[]>('/v1/connect/intentions', { query: { dc } });
  return (
    <>
      <div class="actions tab-actions">
        <Link to={pathOf(dc, 'intentions', 'create')} class="button">
          Create an intention
        </Link>
      </div>
      <Answered answer={intentions} what="intentions">
        {(all) => {
          const own = all.filter(({ SourceName, DestinationName }) =>
            [SourceName, DestinationName].some((side) => side === name || side === '*'),
          );
          if (own.length === 0) return <Empty title={`No intention speaks of ${name}`} />;
          return (
            <WindowedList label={`Intentions of ${name}`} items={own} keyOf={({ ID }) => ID}>
              {(intention) => <Row dc={dc} intention={intention} />}
            </WindowedList>
          );
        }}
      </Answered>
    </>
  );
}

function Row({ dc, intention }: { readonly dc: string; readonly intention: Intention }) {
  const { ID, SourceName, DestinationName, Action, Precedence } = intention;
  return (
    <div class="row">
      <Link to={pathOf(dc, 'intentions', ID)} class="row-name">
        {nameOf(SourceName)} → {nameOf(DestinationName)}
      </Link>
      <span class="row-facts">
        <ActionBadge action={Action} />
        <span>Precedence {Precedence}</span>
      </span>
    </div>
  );
}

function nameOf(name: string): string {
  return name === '*' ? 'All services (*)' : name;
}
