import type { Intention } from '@mesh/api-contract';
import { request } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { attempt } from '../../components/notices.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useDraft } from '../../components/use-draft.ts';
import { Link } from '../../routing/link.tsx';
import { navigate, place } from '../../routing/navigation.ts';
import { pathOf } from '../../routing/place.ts';
import type { PageProps } from '../page.ts';
import { DeleteIntention } from './delete-intention.tsx';
import { bodyOf, draftOf, draftOfSearch, NEW_REST } from './intention-draft.ts';
import { IntentionForm } from './intention-form.tsx';

/** An intention: a new one, or one to edit. */
export default function IntentionPage({ dc, params }: PageProps) {
  const id = params['id'];
  const list = pathOf(dc, 'intentions');
  return (
    <>
      <PageHeader
        title={id === undefined ? 'Create an intention' : 'Edit the intention'}
        crumbs={[{ to: list, text: 'Intentions' }]}
      />
      {id === undefined ? <Create dc={dc} /> : <Edit dc={dc} id={id} />}
    </>
  );
}

function Create({ dc }: { readonly dc: string }) {
  const edit = useDraft(draftOfSearch(place.value.search));
  const list = pathOf(dc, 'intentions');
  const save = async () => {
    const body = bodyOf(edit.draft, NEW_REST);
    const create = () => request('POST', '/v1/connect/intentions', { query: { dc }, json: body });
    const isDone = await attempt(create, {
      done: `Created the intention from ${body.SourceName} to ${body.DestinationName}`,
      failed: 'The intention was not created',
    });
    if (!isDone) return;
    edit.release();
    navigate(list);
  };
  return (
    <IntentionForm
      dc={dc}
      edit={edit}
      rest={NEW_REST}
      submit="Create"
      cancelTo={list}
      onSubmit={save}
    />
  );
}

function Edit({ dc, id }: { readonly dc: string; readonly id: string }) {
  const intention = useQuery<Intention>(`/v1/connect/intentions/${encodeURIComponent(id)}`, {
    query: { dc },
  });
  return (
    <Answered
      answer={intention}
      what="the intention"
      absent={
        <Empty title="This intention does not exist">
          It may have been deleted. <Link to={pathOf(dc, 'intentions')}>All intentions</Link>
        </Empty>
      }
    >
      {(found) => <Loaded dc={dc} intention={found} />}
    </Answered>
  );
}

function Loaded({ dc, intention }: { readonly dc: string; readonly intention: Intention }) {
  const edit = useDraft(draftOf(intention));
  const list = pathOf(dc, 'intentions');
  const leave = () => {
    edit.release();
    navigate(list);
  };
  const { SourceNS, DestinationNS, SourceType, DefaultAddr, DefaultPort, Meta } = intention;
  const rest = { SourceNS, DestinationNS, SourceType, DefaultAddr, DefaultPort, Meta };
  const save = async () => {
    const body = bodyOf(edit.draft, rest);
    const path = `/v1/connect/intentions/${encodeURIComponent(intention.ID)}`;
    const isDone = await attempt(() => request('PUT', path, { query: { dc }, json: body }), {
      done: `Saved the intention from ${body.SourceName} to ${body.DestinationName}`,
      failed: 'The intention was not saved',
    });
    if (isDone) leave();
  };
  return (
    <>
      <IntentionForm
        dc={dc}
        edit={edit}
        rest={rest}
        submit="Save"
        cancelTo={list}
        onSubmit={save}
        after={<DeleteIntention dc={dc} intention={intention} onDeleted={leave} />}
      />
      <IntentionFacts intention={intention} />
    </>
  );
}

function IntentionFacts({ intention }: { readonly intention: Intention }) {
  const pairs = Object.entries(intention.Meta ?? {});
  return (
    <dl class="facts form-facts">
      <dt>ID</dt>
      <dd class="code">{intention.ID}</dd>
      <dt>Created</dt>
      <dd>{new Date(intention.CreatedAt).toLocaleString()}</dd>
      <dt>Changed</dt>
      <dd>{new Date(intention.UpdatedAt).toLocaleString()}</dd>
      {pairs.map(([key, value]) => [<dt key={`k-${key}`}>{key}</dt>, <dd key={key}>{value}</dd>])}
    </dl>
  );
}
