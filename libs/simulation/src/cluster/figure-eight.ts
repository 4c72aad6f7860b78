import type { SimCluster } from './cluster.ts';

/** Looks at the cluster this often while it waits for its moment, milliseconds. */
const LOOK_MS = 0.7;
const MAX_LOOKS = 3000;

/**
 * Plays figure 8 of the Raft paper, which chance alone seldom does: a leader stores entries on a
 * minority, another leads for a moment in a newer term, the first leads again and spreads its old
 * entries, and dies when they reach a majority; the one in between comes back.
 */
export function playFigureEight(cluster: SimCluster): void {
  const ids = [...cluster.servers.keys()];
  const first = cluster.leader();
  if (!first || ids.length < 5) return;
  const { id, life } = first;
  const companion = ids.find((other) => other !== id)!;
  const { term } = life.node.status();
  cluster.trace(`figure 8: ${id} and ${companion} are cut off`);
  cutOff(cluster, [id, companion]);
  waitFor(
    cluster,
    () => leaderAbove(cluster, term, [id, companion]),
    (between) => {
      cluster.trace(`figure 8: ${between} leads and is cut off`);
      const heldTerm = cluster.servers.get(between)!.life!.node.status().term;
      cutOff(cluster, [between]);
      waitFor(cluster, commitWatch(cluster, heldTerm, between), (last) => {
        cluster.trace(`figure 8: ${last} has committed and dies`);
        cluster.crash(last, false);
        cutOff(cluster, [last === id ? companion : id]);
        cluster.loop.schedule(1500, () => {
          cluster.network.healAll();
          cluster.start(last);
        });
      });
    },
  );
}

/** A leader of a term above, outside of some. */
function leaderAbove(
  cluster: SimCluster,
  term: number,
  except: readonly string[],
): string | undefined {
  return cluster.lives.find(({ id, life }) => {
    const status = life.node.status();
    return status.role === 'leader' && status.term > term && !except.includes(id);
  })?.id;
}

/** Finds a leader of a later term at the moment at which its commitIndex moves. */
function commitWatch(cluster: SimCluster, term: number, except: string): () => string | undefined {
  const before = new Map<string, number>();
  return () => {
    const id = leaderAbove(cluster, term, [except]);
    if (id === undefined) return undefined;
    const { commitIndex } = cluster.servers.get(id)!.life!.node.status();
    if (!before.has(id)) before.set(id, commitIndex);
    return commitIndex > before.get(id)! ? id : undefined;
  };
}

/** Cuts some servers off from all others, and heals everything else. */
function cutOff({ network, servers }: SimCluster, side: readonly string[]): void {
  network.healAll();
  for (const from of servers.keys()) {
    for (const to of servers.keys()) {
      if (side.includes(from) !== side.includes(to)) network.cut(from, to);
    }
  }
}

function waitFor(
  cluster: SimCluster,
  find: () => string | undefined,
  then: (id: string) => void,
  looks = MAX_LOOKS,
): void {
  const found = find();
  if (found !== undefined) then(found);
  else if (looks > 0) {
    cluster.loop.schedule(LOOK_MS, () => waitFor(cluster, find, then, looks - 1));
  }
}
