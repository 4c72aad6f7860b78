import { useEffect, useRef } from 'preact/hooks';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Answered, Empty } from '../../components/data-states.tsx';
import { notify } from '../../components/notices.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Link } from '../../routing/link.tsx';
import { navigate } from '../../routing/navigation.ts';
import { Conflict } from './conflict.tsx';
import { kvCrumbs } from './crumbs.ts';
import {
  contentOf,
  discard,
  type EditState,
  isDirty,
  keepMine,
  receive,
  takeTheirs,
  withValue,
} from './edit-state.ts';
import { KeyForm } from './key-form.tsx';
import { createAddress, folderAddress, nameOf, parentOf } from './kv-address.ts';
import type { Pair } from './kv-pair.ts';
import { deleteKey, readPair } from './kv-requests.ts';
import { LockSession } from './lock-session.tsx';
import { type KeyEdit, useKeyEdit } from './use-key-edit.ts';
import { usePair } from './use-pair.ts';

interface KeyPageProps {
  readonly dc: string;
  /** The whole key. */
  readonly name: string;
}

/** A key: its value and flags, to be changed, and the session that holds its lock. */
export function KeyPage({ dc, name }: KeyPageProps) {
  const answer = usePair(dc, name);
  const { state, update, hear, isSaving, save, release } = useKeyEdit();
  // Of a key that is being deleted here nobody needs to be told that it is gone.
  const isDeleting = useRef(false);
  const pair = answer.state === 'ready' ? answer.value : undefined;
  const isGone = answer.state === 'absent';

  useEffect(() => {
    if ((pair || isGone) && !isDeleting.current) hear(pair);
  }, [pair, isGone, hear]);

  const updates = state?.updates ?? 0;
  useEffect(() => {
    if (updates > 0) notify('done', `${name} was changed elsewhere: this is the new value`);
  }, [updates, name]);

  const leave = () => {
    release();
    navigate(folderAddress(dc, parentOf(name)));
  };
  const remove = async () => {
    isDeleting.current = true;
    if (await removeUnchanged(dc, name, state, update)) leave();
    isDeleting.current = false;
  };

  return (
    <>
      <PageHeader
        title={nameOf(name)}
        crumbs={kvCrumbs(dc, name)}
        actions={state && <DeleteButton name={name} onConfirm={remove} />}
      />
      {state ? (
        <>
          {answer.state === 'failed' && (
            <p class="kv-note wrong" role="alert">
              The key could not be read again: {answer.failure.message}
            </p>
          )}
          {state.base?.session && (
            <LockSession dc={dc} id={state.base.session} onReleased={answer.refresh} />
          )}
          <EditForm
            name={name}
            state={state}
            isSaving={isSaving}
            update={update}
            onLeave={leave}
            onSave={async () => {
              await save(dc, name);
              answer.refresh();
            }}
          />
          {state.base && <Facts pair={state.base} name={name} />}
        </>
      ) : (
        <Answered answer={answer} what="the key" absent={<NoKey dc={dc} name={name} />}>
          {() => null}
        </Answered>
      )}
    </>
  );
}

interface DeleteButtonProps {
  readonly name: string;
  readonly onConfirm: () => void;
}

function DeleteButton({ name, onConfirm }: DeleteButtonProps) {
  return (
    <ConfirmButton
      text="Delete"
      question={
        <>
          The key <code class="kv-exact">{name}</code> and its value are lost.
        </>
      }
      confirm="Delete the key"
      onConfirm={onConfirm}
    />
  );
}

interface EditFormProps {
  readonly name: string;
  readonly state: EditState;
  readonly isSaving: boolean;
  readonly update: KeyEdit['update'];
  readonly onSave: () => void;
  /** Goes to the folder, whatever was edited. */
  readonly onLeave: () => void;
}

function EditForm({ name, state, isSaving, update, onSave, onLeave }: EditFormProps) {
  const { theirs } = state;
  const change = (next: Partial<EditState>) => update((now) => now && { ...now, ...next });
  return (
    <KeyForm
      state={state}
      isSaving={isSaving}
      fileName={fileNameOf(name)}
      submit="Save"
      onDraft={(draft) => change({ draft })}
      onFlags={(flagsText) => change({ flagsText })}
      onFile={(bytes) => update((now) => now && withValue(now, bytes))}
      onSubmit={onSave}
      notice={
        theirs && (
          <Conflict
            theirs={theirs}
            mine={contentOf(state)}
            isNew={false}
            onKeep={() => update((now) => now && keepMine(now))}
            onTake={() => {
              if (theirs === 'deleted') onLeave();
              else update((now) => now && takeTheirs(now));
            }}
          />
        )
      }
      after={
        <button
          type="button"
          disabled={!isDirty(state) || theirs !== undefined}
          onClick={() => update((now) => now && discard(now))}
        >
          Discard changes
        </button>
      }
    />
  );
}

function NoKey({ dc, name }: KeyPageProps) {
  return (
    <Empty title="There is no such key">
      <p>
        <code class="kv-exact">{name}</code>
      </p>
      <Link to={createAddress(dc, parentOf(name))}>Create a key in its folder</Link>
    </Empty>
  );
}

function Facts({ pair, name }: { readonly pair: Pair; readonly name: string }) {
  return (
    <dl class="facts kv-facts">
      <dt>Key</dt>
      <dd>
        <code class="kv-exact">{name}</code> <CopyButton text={name} what="key" />
      </dd>
      <dt>Created at index</dt>
      <dd>{pair.createIndex}</dd>
      <dt>Changed at index</dt>
      <dd>{pair.modifyIndex}</dd>
      <dt>Times locked</dt>
      <dd>{pair.lockIndex}</dd>
    </dl>
  );
}

/** Deletes the key as it is shown; where others changed it, it stays, and their version is shown. */
async function removeUnchanged(
  dc: string,
  name: string,
  state: EditState | undefined,
  update: KeyEdit['update'],
): Promise<boolean> {
  try {
    if (await deleteKey(dc, name, state?.base?.modifyIndex)) {
      notify('done', `Deleted ${name}`);
      return true;
    }
    const pair = await readPair(dc, name);
    update((now) => now && receive(now, pair));
    notify('failed', `${name} was not deleted: it was changed meanwhile, look at it again`);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    notify('failed', `${name} was not deleted: ${why}`);
  }
  return false;
}

/** A name for the file of a value: what file systems refuse becomes a dash. */
function fileNameOf(key: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return nameOf(key).replace(/[\u0000-\u001f"*/:<>?\\|]/g, '-') || 'value';
}
