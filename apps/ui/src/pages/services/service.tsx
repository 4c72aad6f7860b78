import type { CheckServiceNode } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { HealthCounts } from '../../components/health-badge.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SearchBox, useSearch } from '../../components/search-box.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { TagList } from '../../components/tag-list.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { dashboardLink } from '../../settings/dashboard-link.ts';
import { useObservable } from '../../settings/observable.ts';
import { settings } from '../../settings/settings.ts';
import type { PageProps } from '../page.ts';
import { tallyChecks } from './check-health.ts';
import { addressOf } from './instance-address.ts';
import { proxyInfo } from './proxy-info.ts';
import { ServiceIntentions } from './service-intentions.tsx';
import { Topology } from './topology.tsx';

/** A service: its instances, its neighbourhood in the mesh, its intentions. */
export default function ServicePage({ dc, params }: PageProps) {
  const name = params['name']!;
  const path = `/v1/health/service/${encodeURIComponent(name)}`;
  const instances = useQuery<readonly CheckServiceNode[]>(path, { query: { dc } });
  return (
    <>
      <PageHeader
        title={name}
        crumbs={[{ to: pathOf(dc, 'services'), text: 'Services' }]}
        beside={<Kind answer={instances} />}
        actions={<DashboardLink dc={dc} name={name} />}
      />
      <Tabs
        label={`Service ${name}`}
        tabs={[
          {
            id: 'instances',
            title: 'Instances',
            content: () => (
              <Answered answer={instances} what="instances">
                {(found) => <Instances dc={dc} name={name} instances={found} />}
              </Answered>
            ),
          },
          { id: 'topology', title: 'Topology', content: () => <Topology dc={dc} name={name} /> },
          {
            id: 'intentions',
            title: 'Intentions',
            content: () => <ServiceIntentions dc={dc} name={name} />,
          },
          {
            id: 'tags',
            title: 'Tags',
            content: () => (
              <Answered answer={instances} what="tags">
                {(found) => <Tags instances={found} />}
              </Answered>
            ),
          },
        ]}
      />
    </>
  );
}

function Kind({
  answer,
}: {
  readonly answer: ReturnType<typeof useQuery<readonly CheckServiceNode[]>>;
}) {
  if (answer.state !== 'ready') return null;
  const first = answer.value[0]?.Service;
  if (!first?.Kind) return null;
  const { destination } = proxyInfo(first);
  return (
    <span class="kind">
      {first.Kind.replaceAll('-', ' ')}
      {destination !== '' && ` for ${destination}`}
    </span>
  );
}

function DashboardLink({ dc, name }: { readonly dc: string; readonly name: string }) {
  const { dashboardUrl } = useObservable(settings);
  const address = dashboardLink(dashboardUrl, { Datacenter: dc, Service: { Name: name } });
  if (address === undefined) return null;
  return (
    <a class="button" href={address} target="_blank" rel="noreferrer noopener">
      Open dashboard
    </a>
  );
}

interface InstancesProps {
  readonly dc: string;
  readonly name: string;
  readonly instances: readonly CheckServiceNode[];
}

function Instances({ dc, name, instances }: InstancesProps) {
  const [search, setSearch] = useSearch();
  const wanted = search.trim().toLowerCase();
  const shown = instances.filter(({ Node: node, Service }) =>
    [Service.ID, node.Node, addressOf(Service, node), ...(Service.Tags ?? [])].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
  if (instances.length === 0) {
    return <Empty title={`No instance of ${name} is registered in ${dc}`} />;
  }
  return (
    <>
      <SearchBox
        label="Search instances"
        placeholder="Search: ID, node, address, tag"
        value={search}
        onInput={setSearch}
      />
      {shown.length === 0 ? (
        <Empty title="No instance matches">{search}</Empty>
      ) : (
        <WindowedList
          label="Instances"
          items={shown}
          keyOf={({ Node: node, Service }) => `${node.Node}\0${Service.ID}`}
        >
          {(instance) => <InstanceRow dc={dc} instance={instance} />}
        </WindowedList>
      )}
    </>
  );
}

interface InstanceRowProps {
  readonly dc: string;
  readonly instance: CheckServiceNode;
}

function InstanceRow({ dc, instance }: InstanceRowProps) {
  const { Node: node, Service, Checks } = instance;
  return (
    <div class="row">
      <Link to={pathOf(dc, 'services', Service.Service, node.Node, Service.ID)} class="row-name">
        {Service.ID}
      </Link>
      <span class="row-facts">
        <HealthCounts {...tallyChecks(Checks)} />
        <span class="code">{addressOf(Service, node)}</span>
        <Link to={pathOf(dc, 'nodes', node.Node)}>{node.Node}</Link>
        <TagList tags={Service.Tags} />
      </span>
    </div>
  );
}

function Tags({ instances }: { readonly instances: readonly CheckServiceNode[] }) {
  const tags = [...new Set(instances.flatMap(({ Service }) => Service.Tags ?? []))].sort();
  if (tags.length === 0) return <Empty title="No tags" />;
  return <TagList tags={tags} />;
}
