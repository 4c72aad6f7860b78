import type { Session } from '@mesh/api-contract';
import { request } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Answered } from '../../components/data-states.tsx';
import { attempt } from '../../components/notices.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';

const NANOSECONDS = 1e9;

interface LockSessionProps {
  readonly dc: string;
  readonly id: string;
  readonly onReleased: () => void;
}

/** The session that holds the lock of a key, and the way to take the lock from it. */
export function LockSession({ dc, id, onReleased }: LockSessionProps) {
  const sessions = useQuery<readonly Session[] | null>(
    `/v1/session/info/${encodeURIComponent(id)}`,
    { query: { dc } },
  );
  return (
    <section class="panel" aria-label="Lock">
      <h2 class="kv-panel-title">Locked by a session</h2>
      <Answered answer={sessions} what="the session">
        {(found) => {
          const [session] = found ?? [];
          if (!session) return <p>The session {id} has just ended.</p>;
          return <SessionFacts dc={dc} session={session} onReleased={onReleased} />;
        }}
      </Answered>
    </section>
  );
}

interface SessionFactsProps {
  readonly dc: string;
  readonly session: Session;
  readonly onReleased: () => void;
}

function SessionFacts({ dc, session, onReleased }: SessionFactsProps) {
  const { ID, Name, Node, TTL, LockDelay, Behavior } = session;
  const release = async () => {
    const destroy = () =>
      request('PUT', `/v1/session/destroy/${encodeURIComponent(ID)}`, { query: { dc } });
    const words = {
      done: `Ended the session ${Name || ID}`,
      failed: `The session ${Name || ID} was not ended`,
    };
    if (await attempt(destroy, words)) onReleased();
  };
  const loses = Behavior === 'delete' ? 'deletes every key' : 'releases the lock on every key';
  return (
    <>
      <dl class="facts">
        {Name !== '' && (
          <>
            <dt>Name</dt>
            <dd>{Name}</dd>
          </>
        )}
        <dt>ID</dt>
        <dd>
          <code>{ID}</code> <CopyButton text={ID} what="ID of the session" />
        </dd>
        <dt>Node</dt>
        <dd>
          <Link to={pathOf(dc, 'nodes', Node)}>{Node}</Link>
        </dd>
        <dt>When it ends</dt>
        <dd>Its locked keys are {Behavior === 'delete' ? 'deleted' : 'released'}</dd>
        <dt>TTL</dt>
        <dd>{TTL || 'none'}</dd>
        <dt>Lock delay</dt>
        <dd>{LockDelay / NANOSECONDS} s</dd>
      </dl>
      <div class="actions kv-panel-actions">
        <ConfirmButton
          text="Force release"
          question={
            <>
              This ends the session <strong>{Name || ID}</strong>: it {loses} that it holds, this
              one included.
              {LockDelay > 0 && ` For ${LockDelay / NANOSECONDS} s nobody can lock them again.`}
            </>
          }
          confirm="End the session"
          onConfirm={release}
        />
      </div>
    </>
  );
}
