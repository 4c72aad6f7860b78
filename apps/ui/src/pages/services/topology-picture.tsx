import type { UiNeighbour, UiTopology } from '@mesh/api-contract';
import { type Box, layoutTopology } from './topology-layout.ts';

interface TopologyPictureProps {
  readonly name: string;
  readonly topology: UiTopology;
}

/** Longest name that fits a box, characters. */
const MAX_NAME = 22;

/**
 * The neighbourhood as a picture: callers to the left, those called to the right; a line says whether
 * intentions allow it. The lists below say the same in words.
 */
export function TopologyPicture({ name, topology }: TopologyPictureProps) {
  const { width, height, center, left, right } = layoutTopology(
    topology.Downstreams.length,
    topology.Upstreams.length,
  );
  return (
    <section
      class="topology-scroll"
      aria-label="Picture of the neighbourhood"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls, by keyboard too
      tabIndex={0}
    >
      <svg class="topology" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
        {topology.Downstreams.map((each, at) => (
          <Edge key={`d${each.Name}`} from={left[at]!} to={center} neighbour={each} />
        ))}
        {topology.Upstreams.map((each, at) => (
          <Edge key={`u${each.Name}`} from={center} to={right[at]!} neighbour={each} />
        ))}
        {topology.Downstreams.map((each, at) => (
          <Node key={`d${each.Name}`} box={left[at]!} name={each.Name} />
        ))}
        {topology.Upstreams.map((each, at) => (
          <Node key={`u${each.Name}`} box={right[at]!} name={each.Name} />
        ))}
        <Node box={center} name={name} isCenter />
      </svg>
    </section>
  );
}

interface EdgeProps {
  readonly from: Box;
  readonly to: Box;
  readonly neighbour: UiNeighbour;
}

function Edge({ from, to, neighbour }: EdgeProps) {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const middle = (x1 + x2) / 2;
  const { Allowed } = neighbour.Intention;
  return (
    <g class={Allowed ? 'edge edge-allow' : 'edge edge-deny'}>
      <path d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2 - 6} ${y2}`} />
      <path class="tip" d={`M${x2} ${y2}l-9 -5v10z`} />
      <circle cx={middle} cy={(y1 + y2) / 2} r="9" />
      <text x={middle} y={(y1 + y2) / 2 + 4}>
        {Allowed ? '✓' : '✕'}
      </text>
    </g>
  );
}

interface NodeProps {
  readonly box: Box;
  readonly name: string;
  readonly isCenter?: boolean;
}

function Node({ box, name, isCenter = false }: NodeProps) {
  const { x, y, width, height } = box;
  const shown = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
  return (
    <g class={isCenter ? 'box box-center' : 'box'}>
      <rect x={x} y={y} width={width} height={height} rx="8" />
      <text x={x + width / 2} y={y + height / 2 + 5}>
        {shown}
      </text>
    </g>
  );
}
