import type { CheckServiceNode } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { HealthCounts } from '../../components/health-badge.tsx';
import { MetaTable } from '../../components/meta-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { type Tab, Tabs } from '../../components/tabs.tsx';
import { TagList } from '../../components/tag-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import type { PageProps } from '../page.ts';
import { tallyChecks } from './check-health.ts';
import { CheckList } from './check-list.tsx';
import { addressOf } from './instance-address.ts';
import { ProxyFacts } from './proxy-facts.tsx';

/** One instance of a service: its checks, its tags and metadata, its proxy. */
export default function InstancePage({ dc, params }: PageProps) {
  const { name = '', node = '', id = '' } = params;
  const path = `/v1/health/service/${encodeURIComponent(name)}`;
  const instances = useQuery<readonly CheckServiceNode[]>(path, { query: { dc } });
  const proxiesPath = `/v1/health/connect/${encodeURIComponent(name)}`;
  const proxies = useQuery<readonly CheckServiceNode[]>(proxiesPath, { query: { dc } });
  const crumbs = [
    { to: pathOf(dc, 'services'), text: 'Services' },
    { to: pathOf(dc, 'services', name), text: name },
  ];
  return (
    <>
      <PageHeader title={id} crumbs={crumbs} />
      <Answered answer={instances} what="the instance">
        {(all) => {
          const found = all.find((each) => each.Node.Node === node && each.Service.ID === id);
          if (!found) {
            return (
              <Empty title="This instance is no longer registered">
                <Link to={pathOf(dc, 'services', name)}>Other instances of {name}</Link>
              </Empty>
            );
          }
          const own = proxies.state === 'ready' ? proxies.value : [];
          return <Instance dc={dc} instance={found} proxy={proxyOf(found, own)} />;
        }}
      </Answered>
    </>
  );
}

/** The sidecar of an instance: on the same node, and for its id. */
function proxyOf(
  { Node: node, Service }: CheckServiceNode,
  proxies: readonly CheckServiceNode[],
): CheckServiceNode | undefined {
  if (Service.Kind === 'connect-proxy') return undefined;
  return proxies.find(
    (each) =>
      each.Node.Node === node.Node && each.Service.Proxy['DestinationServiceID'] === Service.ID,
  );
}

interface InstanceProps {
  readonly dc: string;
  readonly instance: CheckServiceNode;
  readonly proxy: CheckServiceNode | undefined;
}

function Instance({ dc, instance, proxy }: InstanceProps) {
  const { Node: node, Service, Checks } = instance;
  const ofNode = Checks.filter(({ ServiceName }) => ServiceName === '');
  const ofService = Checks.filter(({ ServiceName }) => ServiceName !== '');
  const isProxy = Service.Kind === 'connect-proxy';
  const tabs: Tab[] = [
    {
      id: 'checks',
      title: 'Service checks',
      content: () => <CheckList label="Service checks" checks={ofService} />,
    },
    {
      id: 'node-checks',
      title: 'Node checks',
      content: () => <CheckList label="Node checks" checks={ofNode} />,
    },
  ];
  const withProxy = isProxy ? instance : proxy;
  if (withProxy) {
    tabs.push({
      id: 'proxy',
      title: 'Proxy info',
      content: () => <ProxyFacts dc={dc} proxy={withProxy} isOwn={isProxy} />,
    });
  }
  tabs.push({
    id: 'tags',
    title: 'Tags & meta',
    content: () => (
      <>
        <section class="panel">
          <h2>Tags</h2>
          {Service.Tags?.length ? <TagList tags={Service.Tags} /> : <p class="soft">No tags</p>}
        </section>
        <MetaTable label="Metadata of the instance" meta={Service.Meta} />
      </>
    ),
  });
  return (
    <>
      <dl class="facts panel">
        <dt>Health</dt>
        <dd>
          <HealthCounts {...tallyChecks(Checks)} />
        </dd>
        <dt>Service</dt>
        <dd>
          <Link to={pathOf(dc, 'services', Service.Service)}>{Service.Service}</Link>
        </dd>
        <dt>Node</dt>
        <dd>
          <Link to={pathOf(dc, 'nodes', node.Node)}>{node.Node}</Link>
        </dd>
        <dt>Address</dt>
        <dd class="code">{addressOf(Service, node)}</dd>
      </dl>
      <Tabs label={`Instance ${Service.ID}`} tabs={tabs} />
    </>
  );
}
