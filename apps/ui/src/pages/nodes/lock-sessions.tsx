import type { Session } from '@mesh/api-contract';
import { request } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Answered, Empty } from '../../components/data-states.tsx';
import { attempt } from '../../components/notices.tsx';

interface LockSessionsProps {
  readonly dc: string;
  readonly node: string;
}

const NANOSECONDS_PER_SECOND = 1e9;

/** Sessions of a node, which may hold locks. */
export function LockSessions({ dc, node }: LockSessionsProps) {
  const path = `/v1/session/node/${encodeURIComponent(node)}`;
  const sessions = useQuery<readonly Session[]>(path, { query: { dc } });
  return (
    <Answered answer={sessions} what="sessions">
      {(found) =>
        found.length === 0 ? (
          <Empty title="No sessions">Nobody on this node holds a lock.</Empty>
        ) : (
          <ul class="checks" aria-label="Lock sessions">
            {found.map((session) => (
              <li key={session.ID} class="check">
                <SessionFacts dc={dc} session={session} />
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  );
}

function SessionFacts({ dc, session }: { readonly dc: string; readonly session: Session }) {
  const { ID, Name, Behavior, TTL, LockDelay, NodeChecks, ServiceChecks } = session;
  const checks = [...(NodeChecks ?? []), ...(ServiceChecks ?? []).map((check) => check.ID)];
  const consequence = Behavior === 'delete' ? 'deleted with their keys' : 'released';
  const invalidate = () =>
    attempt(() => request('PUT', `/v1/session/destroy/${ID}`, { query: { dc } }), {
      done: `Invalidated the session ${Name || ID}`,
      failed: `The session ${Name || ID} could not be invalidated`,
    });
  return (
    <>
      <div class="check-head">
        <h3>{Name || ID}</h3>
        <ConfirmButton
          text="Invalidate"
          label={`Invalidate the session ${Name || ID}`}
          confirm="Invalidate the session"
          question={`Locks that ${Name || ID} holds are ${consequence}.`}
          onConfirm={invalidate}
        />
      </div>
      <dl class="facts">
        <dt>ID</dt>
        <dd class="code">{ID}</dd>
        <dt>Behavior</dt>
        <dd>{Behavior}</dd>
        <dt>Lock delay</dt>
        <dd>{LockDelay / NANOSECONDS_PER_SECOND} s</dd>
        <dt>TTL</dt>
        <dd>{TTL || 'none'}</dd>
        <dt>Checks</dt>
        <dd>{checks.join(', ') || 'none'}</dd>
      </dl>
    </>
  );
}
