import type { UiNeighbour, UiTopology } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { HealthCounts } from '../../components/health-badge.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { ActionBadge } from '../intentions/action-badge.tsx';
import { TopologyPicture } from './topology-picture.tsx';

interface TopologyProps {
  readonly dc: string;
  readonly name: string;
}

/** Who calls a service through the mesh, and whom it calls: a picture, and the same in words. */
export function Topology({ dc, name }: TopologyProps) {
  const path = `/v1/internal/ui/service-topology/${encodeURIComponent(name)}`;
  const topology = useQuery<UiTopology>(path, { query: { dc } });
  return (
    <Answered answer={topology} what="the neighbourhood">
      {(found) => {
        const { Upstreams, Downstreams, FilteredByACLs } = found;
        if (Upstreams.length + Downstreams.length === 0) {
          return (
            <Empty title={`${name} has no neighbours in the mesh`}>
              Neighbours are drawn from the upstreams of registered sidecar proxies.
            </Empty>
          );
        }
        return (
          <>
            {FilteredByACLs && <p class="soft">Your token does not let you see all neighbours.</p>}
            <TopologyPicture name={name} topology={found} />
            <div class="neighbours">
              <Neighbours dc={dc} title={`Calls ${name}`} neighbours={Downstreams} />
              <Neighbours dc={dc} title={`Called by ${name}`} neighbours={Upstreams} />
            </div>
          </>
        );
      }}
    </Answered>
  );
}

interface NeighboursProps {
  readonly dc: string;
  readonly title: string;
  readonly neighbours: readonly UiNeighbour[];
}

function Neighbours({ dc, title, neighbours }: NeighboursProps) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {neighbours.length === 0 ? (
        <p class="soft">None</p>
      ) : (
        <ul>
          {neighbours.map((each) => (
            <li key={`${each.Name} ${each.Datacenter}`} class="neighbour">
              <Link to={pathOf(each.Datacenter, 'services', each.Name)}>{each.Name}</Link>
              {each.Datacenter !== dc && <span class="kind">{each.Datacenter}</span>}
              <ActionBadge action={each.Intention.Allowed ? 'allow' : 'deny'} />
              <HealthCounts
                passing={each.ChecksPassing}
                warning={each.ChecksWarning}
                critical={each.ChecksCritical}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
