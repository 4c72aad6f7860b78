/** Health of a check or of a set of them. */
export type Health = 'passing' | 'warning' | 'critical' | 'empty';

const WORDS: Readonly<Record<Health, string>> = {
  passing: 'Passing',
  warning: 'Warning',
  critical: 'Critical',
  empty: 'No checks',
};
const SIGNS: Readonly<Record<Health, string>> = {
  passing: '✓',
  warning: '!',
  critical: '✕',
  empty: '–',
};

interface HealthBadgeProps {
  readonly health: Health;
  /** In place of the word. */
  readonly text?: string;
  /** Only the sign is seen; the word is for screen readers. */
  readonly compact?: boolean;
}

/** Health by color, sign and word: color alone says nothing to some. */
export function HealthBadge({ health, text, compact = false }: HealthBadgeProps) {
  const word = text ?? WORDS[health];
  return (
    <span class={`badge badge-${health}`} title={compact ? word : undefined}>
      <span aria-hidden="true" class="badge-sign">
        {SIGNS[health]}
      </span>
      <span class={compact ? 'visually-hidden' : undefined}>{word}</span>
    </span>
  );
}

interface HealthCountsProps {
  readonly passing: number;
  readonly warning: number;
  readonly critical: number;
}

/** Counts of checks by health; those of zero are left out. */
export function HealthCounts(counts: HealthCountsProps) {
  const kinds = (['passing', 'warning', 'critical'] as const).filter((kind) => counts[kind] > 0);
  if (kinds.length === 0) return <HealthBadge health="empty" />;
  return (
    <span class="counts">
      {kinds.map((kind) => (
        <HealthBadge
          key={kind}
          health={kind}
          text={`${counts[kind]} ${WORDS[kind].toLowerCase()}`}
        />
      ))}
    </span>
  );
}
