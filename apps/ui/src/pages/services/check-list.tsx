import type { HealthCheck } from '@mesh/api-contract';
import { CopyButton } from '../../components/copy-button.tsx';
import { Empty } from '../../components/data-states.tsx';
import { HealthBadge } from '../../components/health-badge.tsx';
import { healthOf, worstFirst } from './check-health.ts';

interface CheckListProps {
  readonly label: string;
  readonly checks: readonly HealthCheck[];
}

/** Checks with what they printed, the worst first. */
export function CheckList({ label, checks }: CheckListProps) {
  if (checks.length === 0) return <Empty title="No checks" />;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: Safari forgets that a list without bullets is one
    <ul class="checks" role="list" aria-label={label}>
      {worstFirst(checks).map((check) => (
        <li key={check.CheckID} class={`check check-${healthOf(check.Status)}`}>
          <Check check={check} />
        </li>
      ))}
    </ul>
  );
}

function Check({ check }: { readonly check: HealthCheck }) {
  const { Name, CheckID, Status, Output, Notes, Type, ServiceName } = check;
  return (
    <>
      <div class="check-head">
        <h3>{Name || CheckID}</h3>
        <HealthBadge
          health={healthOf(Status)}
          text={Status === 'maintenance' ? 'Maintenance' : undefined}
        />
      </div>
      <dl class="facts">
        <dt>Check ID</dt>
        <dd class="code">{CheckID}</dd>
        <dt>Scope</dt>
        <dd>{ServiceName === '' ? 'Node' : `Service ${ServiceName}`}</dd>
        {Type !== '' && (
          <>
            <dt>Type</dt>
            <dd>{Type}</dd>
          </>
        )}
        {Notes !== '' && (
          <>
            <dt>Notes</dt>
            <dd>{Notes}</dd>
          </>
        )}
      </dl>
      {Output === '' ? (
        <p class="soft">No output</p>
      ) : (
        <div class="output-box">
          <pre class="output">{Output}</pre>
          <CopyButton text={Output} what={`output of ${Name || CheckID}`} />
        </div>
      )}
    </>
  );
}
