import type { Intention } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import { byPrecedence, covers, WILDCARD } from './precedence.ts';
import { intentions, nameKey, pairKey, sourceOf } from './table.ts';
import type { MatchBy, QualifiedName } from './types.ts';

/** All intentions, in order of precedence. */
export function allIntentions(view: StateView): readonly Intention[] {
  return [...view.prefix(intentions, '')].sort(byPrecedence);
}

/** The intention of an id, if there is one. */
export function intentionById(view: StateView, id: string): Intention | undefined {
  return view.get(intentions, id.toLowerCase());
}

/** The intention that joins exactly these two names, wildcards taken as names. */
export function intentionOfPair(
  view: StateView,
  source: QualifiedName,
  destination: QualifiedName,
): Intention | undefined {
  return view.getBy(intentions, 'pair', pairKey(source, destination))[0];
}

/** Intentions that match a service on one side, in order of precedence. */
export function matchIntentions(
  view: StateView,
  by: MatchBy,
  asked: QualifiedName,
): readonly Intention[] {
  const { namespace } = asked;
  const sides = [asked, { namespace, name: WILDCARD }, { namespace: WILDCARD, name: WILDCARD }];
  const keys = new Set(sides.map(nameKey));
  return [...keys].flatMap((key) => view.getBy(intentions, by, key)).sort(byPrecedence);
}

/** The intention that decides whether one service may connect to another; undefined when none says. */
export function decidingIntention(
  view: StateView,
  source: QualifiedName,
  destination: QualifiedName,
): Intention | undefined {
  return matchIntentions(view, 'destination', destination).find((intention) =>
    covers(sourceOf(intention), source),
  );
}
