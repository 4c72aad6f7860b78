import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { HealthCounts } from '../../components/health-badge.tsx';
import { MetaTable } from '../../components/meta-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { TagList } from '../../components/tag-list.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import type { PageProps } from '../page.ts';
import { tallyChecks } from '../services/check-health.ts';
import { CheckList } from '../services/check-list.tsx';
import { addressOf } from '../services/instance-address.ts';
import { LockSessions } from './lock-sessions.tsx';
import type { UiNode } from './node-types.ts';
import { RoundTripPlot } from './round-trip-plot.tsx';

/** A node: its checks, its services, how far the others are, its lock sessions and metadata. */
export default function NodePage({ dc, params }: PageProps) {
  const name = params['name']!;
  const path = `/v1/internal/ui/node/${encodeURIComponent(name)}`;
  const node = useQuery<UiNode>(path, { query: { dc } });
  return (
    <>
      <PageHeader title={name} crumbs={[{ to: pathOf(dc, 'nodes'), text: 'Nodes' }]} />
      <Answered
        answer={node}
        what="the node"
        absent={
          <Empty title={`There is no node ${name} in ${dc}`}>
            <Link to={pathOf(dc, 'nodes')}>All nodes</Link>
          </Empty>
        }
      >
        {(found) => <Node dc={dc} node={found} />}
      </Answered>
    </>
  );
}

function Node({ dc, node }: { readonly dc: string; readonly node: UiNode }) {
  const { Checks } = node;
  return (
    <>
      <dl class="facts panel">
        <dt>Health</dt>
        <dd>
          <HealthCounts {...tallyChecks(Checks)} />
        </dd>
        <dt>Address</dt>
        <dd class="code">{node.Address}</dd>
        {node.ID !== '' && (
          <>
            <dt>ID</dt>
            <dd class="code">{node.ID}</dd>
          </>
        )}
      </dl>
      <Tabs
        label={`Node ${node.Node}`}
        tabs={[
          {
            id: 'checks',
            title: 'Health checks',
            content: () => <CheckList label="Health checks" checks={Checks} />,
          },
          {
            id: 'services',
            title: 'Services',
            content: () => <NodeServices dc={dc} node={node} />,
          },
          {
            id: 'rtt',
            title: 'Round-trip time',
            content: () => <RoundTripPlot dc={dc} node={node.Node} />,
          },
          {
            id: 'sessions',
            title: 'Lock sessions',
            content: () => <LockSessions dc={dc} node={node.Node} />,
          },
          {
            id: 'meta',
            title: 'Metadata',
            content: () => <MetaTable label="Metadata of the node" meta={node.Meta} />,
          },
        ]}
      />
    </>
  );
}

function NodeServices({ dc, node }: { readonly dc: string; readonly node: UiNode }) {
  if (node.Services.length === 0) return <Empty title="No services on this node" />;
  const checksOf = (id: string) => node.Checks.filter(({ ServiceID }) => ServiceID === id);
  return (
    <WindowedList label="Services" items={node.Services} keyOf={({ ID }) => ID}>
      {(service) => (
        <div class="row">
          <Link
            to={pathOf(dc, 'services', service.Service, node.Node, service.ID)}
            class="row-name"
          >
            {service.ID}
          </Link>
          <span class="row-facts">
            <HealthCounts {...tallyChecks(checksOf(service.ID))} />
            <span class="code">{addressOf(service, node)}</span>
            <TagList tags={service.Tags} />
          </span>
        </div>
      )}
    </WindowedList>
  );
}
