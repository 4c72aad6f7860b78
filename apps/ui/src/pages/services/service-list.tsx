import type { UiServiceSummary } from '@mesh/api-contract';
import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { HealthCounts } from '../../components/health-badge.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SearchBox, useSearch } from '../../components/search-box.tsx';
import { TagList } from '../../components/tag-list.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import type { PageProps } from '../page.ts';
import { matchesService, parseServiceSearch } from './service-search.ts';

/** Services of a datacenter. */
export default function ServiceListPage({ dc }: PageProps) {
  const services = useQuery<readonly UiServiceSummary[]>('/v1/internal/ui/services', {
    query: { dc },
  });
  const [search, setSearch] = useSearch();
  return (
    <>
      <PageHeader title="Services" />
      <SearchBox
        label="Search services"
        placeholder="Search: name, tag:blue, status:critical"
        value={search}
        onInput={setSearch}
      />
      <Answered answer={services} what="services">
        {(found) => <Services dc={dc} services={found} search={search} />}
      </Answered>
    </>
  );
}

interface ServicesProps {
  readonly dc: string;
  readonly services: readonly UiServiceSummary[];
  readonly search: string;
}

function Services({ dc, services, search }: ServicesProps) {
  const shown = useMemo(() => {
    const wanted = parseServiceSearch(search);
    return services.filter((service) => matchesService(service, wanted));
  }, [services, search]);
  if (shown.length === 0) {
    return search === '' ? (
      <Empty title="No services yet">
        Register one with <code>consul services register</code> or in an agent’s configuration.
      </Empty>
    ) : (
      <Empty title="No service matches">{search}</Empty>
    );
  }
  return (
    <WindowedList label="Services" items={shown} keyOf={({ Name }) => Name}>
      {(service) => <Row dc={dc} service={service} />}
    </WindowedList>
  );
}

function Row({ dc, service }: { readonly dc: string; readonly service: UiServiceSummary }) {
  const { Name, Kind, Tags, InstanceCount, ExternalSources } = service;
  return (
    <div class="row">
      <Link to={pathOf(dc, 'services', Name)} class="row-name">
        {Name}
      </Link>
      <span class="row-facts">
        <HealthCounts
          passing={service.ChecksPassing}
          warning={service.ChecksWarning}
          critical={service.ChecksCritical}
        />
        {Kind && <span class="kind">{Kind.replaceAll('-', ' ')}</span>}
        <span>
          {InstanceCount} {InstanceCount === 1 ? 'instance' : 'instances'}
        </span>
        {ExternalSources?.map((source) => (
          <span key={source} class="source" title={`Registered by ${source}`}>
            via {source}
          </span>
        ))}
        <TagList tags={Tags} />
      </span>
    </div>
  );
}
