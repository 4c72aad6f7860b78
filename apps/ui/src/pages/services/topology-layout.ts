/** A place in the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TopologyLayout {
  readonly width: number;
  readonly height: number;
  readonly center: Box;
  /** Callers, from the top. */
  readonly left: readonly Box[];
  /** Those called, from the top. */
  readonly right: readonly Box[];
}

const WIDTH = 900;
const BOX = { width: 200, height: 44 };
const GAP = 16;

/** Places a service in the middle, its callers to the left, and those that it calls to the right. */
export function layoutTopology(callers: number, called: number): TopologyLayout {
  const rows = Math.max(callers, called, 1);
  const height = rows * (BOX.height + GAP) + GAP;
  const column = (count: number, x: number): readonly Box[] => {
    const top = (height - (count * (BOX.height + GAP) - GAP)) / 2;
    return Array.from({ length: count }, (_, at) => ({
      ...BOX,
      x,
      y: top + at * (BOX.height + GAP),
    }));
  };
  return {
    width: WIDTH,
    height,
    center: column(1, (WIDTH - BOX.width) / 2)[0]!,
    left: column(callers, 2),
    right: column(called, WIDTH - BOX.width - 2),
  };
}
