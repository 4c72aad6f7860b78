import { Fragment } from 'preact';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { median, type NodeCoordinate, type RoundTrip, roundTrips } from './round-trip.ts';

interface RoundTripPlotProps {
  readonly dc: string;
  readonly node: string;
}

const WIDTH = 900;
const HEIGHT = 150;
const SIDE = 30;

/** Round-trip times from a node to the others, estimated from network coordinates. */
export function RoundTripPlot({ dc, node }: RoundTripPlotProps) {
  const coordinates = useQuery<readonly NodeCoordinate[]>('/v1/coordinate/nodes', {
    query: { dc },
  });
  return (
    <Answered answer={coordinates} what="coordinates">
      {(rows) => {
        const times = roundTrips(rows, node);
        if (!times) return <Empty title="This node has no network coordinate yet" />;
        if (times.length === 0) return <Empty title="There is no other node to measure against" />;
        return <Plot node={node} times={times} />;
      }}
    </Answered>
  );
}

function Plot({ node, times }: { readonly node: string; readonly times: readonly RoundTrip[] }) {
  const longest = times.at(-1)!.ms || 1;
  const x = (ms: number) => SIDE + (ms / longest) * (WIDTH - 2 * SIDE);
  const facts = [
    ['Minimum', times[0]!.ms],
    ['Median', median(times)],
    ['Maximum', longest],
  ] as const;
  return (
    <section class="panel">
      <dl class="facts">
        {facts.map(([name, ms]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{ms.toFixed(2)} ms</dd>
          </Fragment>
        ))}
      </dl>
      <svg
        class="plot"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Round-trip times from ${node} to ${times.length} other nodes, up to ${longest.toFixed(2)} ms`}
      >
        <line x1={SIDE} x2={WIDTH - SIDE} y1={HEIGHT - 30} y2={HEIGHT - 30} />
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text key={share} x={x(share * longest)} y={HEIGHT - 10}>
            {(share * longest).toFixed(2)}
          </text>
        ))}
        {times.map(({ node: name, ms }, at) => (
          <circle key={name} cx={x(ms)} cy={20 + ((at * 37) % (HEIGHT - 70))} r="5">
            <title>{`${name}: ${ms.toFixed(2)} ms`}</title>
          </circle>
        ))}
      </svg>
      <p class="soft plot-note">
        Each dot is a node; the farther to the right, the longer the way. Their height says nothing.
      </p>
      <details>
        <summary>All {times.length} times</summary>
        <ul>
          {times.map(({ node: name, ms }) => (
            <li key={name}>
              {name}: {ms.toFixed(2)} ms
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
