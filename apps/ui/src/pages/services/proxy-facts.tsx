import type { CheckServiceNode } from '@mesh/api-contract';
import { HealthCounts } from '../../components/health-badge.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { tallyChecks } from './check-health.ts';
import { type ExposedPath, proxyInfo, type UpstreamInfo } from './proxy-info.ts';

interface ProxyFactsProps {
  readonly dc: string;
  readonly proxy: CheckServiceNode;
  /** The page is the proxy's own, not that of the instance it stands for. */
  readonly isOwn: boolean;
}

/** What a sidecar is registered with: its upstreams, and what it exposes. */
export function ProxyFacts({ dc, proxy, isOwn }: ProxyFactsProps) {
  const { Node: node, Service, Checks } = proxy;
  const info = proxyInfo(Service);
  return (
    <>
      <dl class="facts panel">
        {!isOwn && (
          <>
            <dt>Sidecar proxy</dt>
            <dd>
              <Link to={pathOf(dc, 'services', Service.Service, node.Node, Service.ID)}>
                {Service.ID}
              </Link>{' '}
              <HealthCounts {...tallyChecks(Checks)} />
            </dd>
          </>
        )}
        <dt>Destination</dt>
        <dd>
          {info.destination}
          {info.destinationId !== '' && ` (instance ${info.destinationId})`}
        </dd>
        {info.local !== '' && (
          <>
            <dt>Local address</dt>
            <dd class="code">{info.local}</dd>
          </>
        )}
      </dl>
      <section class="panel">
        <h2>Upstreams</h2>
        <Upstreams dc={dc} upstreams={info.upstreams} />
      </section>
      <section class="panel">
        <h2>Exposed paths</h2>
        {info.exposesChecks && <p>Paths of HTTP and gRPC checks are exposed.</p>}
        <ExposedPaths paths={info.exposedPaths} />
      </section>
    </>
  );
}

function Upstreams({ dc, upstreams }: { dc: string; upstreams: readonly UpstreamInfo[] }) {
  if (upstreams.length === 0) return <p class="soft">This proxy has no upstreams.</p>;
  return (
    <div class="table-scroll">
      <table>
        <caption class="visually-hidden">Upstreams</caption>
        <thead>
          <tr>
            <th scope="col">Upstream</th>
            <th scope="col">Datacenter</th>
            <th scope="col">Local bind address</th>
          </tr>
        </thead>
        <tbody>
          {upstreams.map(({ name, type, datacenter, bind }) => (
            <tr key={`${name} ${bind}`}>
              <td>
                {type === 'service' ? (
                  <Link to={pathOf(datacenter || dc, 'services', name)}>{name}</Link>
                ) : (
                  `${name} (prepared query)`
                )}
              </td>
              <td>{datacenter || dc}</td>
              <td class="code">{bind}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ExposedPaths({ paths }: { readonly paths: readonly ExposedPath[] }) {
  if (paths.length === 0) return <p class="soft">This proxy exposes no paths.</p>;
  return (
    <div class="table-scroll">
      <table>
        <caption class="visually-hidden">Exposed paths</caption>
        <thead>
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Protocol</th>
            <th scope="col">Listener port</th>
            <th scope="col">Local port</th>
          </tr>
        </thead>
        <tbody>
          {paths.map(({ path, protocol, listenerPort, localPort }) => (
            <tr key={`${path} ${listenerPort}`}>
              <td class="code">{path}</td>
              <td>{protocol}</td>
              <td>{listenerPort}</td>
              <td>{localPort}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
