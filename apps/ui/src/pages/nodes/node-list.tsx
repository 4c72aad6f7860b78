import { useEffect, useMemo, useState } from 'preact/hooks';
import { request } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { HealthCounts } from '../../components/health-badge.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SearchBox, useSearch } from '../../components/search-box.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import type { PageProps } from '../page.ts';
import { tallyChecks } from '../services/check-health.ts';
import { isLeader } from './node-leader.ts';
import { matchesNode } from './node-search.ts';
import type { UiNode } from './node-types.ts';

/** Nodes of a datacenter. */
export default function NodeListPage({ dc }: PageProps) {
  const nodes = useQuery<readonly UiNode[]>('/v1/internal/ui/nodes', { query: { dc } });
  const [search, setSearch] = useSearch();
  return (
    <>
      <PageHeader title="Nodes" />
      <SearchBox
        label="Search nodes"
        placeholder="Search: name, address, status:critical"
        value={search}
        onInput={setSearch}
      />
      <Answered answer={nodes} what="nodes">
        {(found, index) => <Nodes dc={dc} nodes={found} index={index} search={search} />}
      </Answered>
    </>
  );
}

interface NodesProps {
  readonly dc: string;
  readonly nodes: readonly UiNode[];
  readonly index: number;
  readonly search: string;
}

function Nodes({ dc, nodes, index, search }: NodesProps) {
  const leader = useLeader(dc, index);
  const shown = useMemo(() => nodes.filter((node) => matchesNode(node, search)), [nodes, search]);
  if (shown.length === 0) {
    return search === '' ? (
      <Empty title="No nodes yet" />
    ) : (
      <Empty title="No node matches">{search}</Empty>
    );
  }
  return (
    <WindowedList label="Nodes" items={shown} keyOf={({ Node: name }) => name}>
      {(node) => <Row dc={dc} node={node} leader={leader} />}
    </WindowedList>
  );
}

/** Address of the leader, asked again when the nodes have changed: a change of leader changes them too. */
function useLeader(dc: string, index: number): string {
  const [leader, setLeader] = useState('');
  useEffect(() => {
    const abort = new AbortController();
    request('GET', '/v1/status/leader', { query: { dc }, signal: abort.signal }).then(
      (answer) => setLeader(answer.json<string>()),
      // Without an answer no node is marked.
      () => {},
    );
    return () => abort.abort();
  }, [dc, index]);
  return leader;
}

interface RowProps {
  readonly dc: string;
  readonly node: UiNode;
  readonly leader: string;
}

function Row({ dc, node, leader }: RowProps) {
  const count = node.Services.length;
  return (
    <div class="row">
      <Link to={pathOf(dc, 'nodes', node.Node)} class="row-name">
        {node.Node}
      </Link>
      <span class="row-facts">
        <HealthCounts {...tallyChecks(node.Checks)} />
        {isLeader(node, leader) && <span class="leader">★ Leader</span>}
        <span class="code">{node.Address}</span>
        <span>
          {count} {count === 1 ? 'service' : 'services'}
        </span>
      </span>
    </div>
  );
}
