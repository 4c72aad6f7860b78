import { useId, useState } from 'preact/hooks';
import { PageHeader } from '../../components/page-header.tsx';
import { Link } from '../../routing/link.tsx';
import { navigate } from '../../routing/navigation.ts';
import { Conflict } from './conflict.tsx';
import { kvCrumbs } from './crumbs.ts';
import { contentOf, type EditState, emptyEditState, keepMine, withValue } from './edit-state.ts';
import { KeyForm } from './key-form.tsx';
import { folderAddress, keyAddress } from './kv-address.ts';
import { useKeyEdit } from './use-key-edit.ts';

interface CreatePageProps {
  readonly dc: string;
  /** Folder that the key will stand in; '' for the root. */
  readonly prefix: string;
}

/** A key to be; slashes in its name make folders. */
export function CreatePage({ dc, prefix }: CreatePageProps) {
  const edit = useKeyEdit(emptyEditState());
  const { state = emptyEditState(), update, isSaving, save, release } = edit;
  const [name, setName] = useState('');
  const [isTried, setTried] = useState(false);
  const wrong = nameProblem(name);
  const key = prefix + name;
  const isFolder = name.endsWith('/');
  const change = (next: Partial<EditState>) => update((now) => now && { ...now, ...next });
  const rename = (next: string) => {
    setName(next);
    // What was found out about another key does not count for this one.
    change({ base: undefined, theirs: undefined });
  };
  const open = (address: string) => {
    release();
    navigate(address);
  };
  const submit = async () => {
    setTried(true);
    if (wrong !== undefined) {
      document.querySelector<HTMLInputElement>('[name=key]')?.focus();
      return;
    }
    // A folder has no value: what was typed before its name became one is not saved.
    const { draft, flagsText } = isFolder ? emptyEditState() : state;
    if (await save(dc, key, { ...state, draft, flagsText })) open(folderAddress(dc, prefix));
  };

  const notice = state.theirs && (
    <Conflict
      theirs={state.theirs}
      mine={contentOf(state)}
      isNew
      onTake={() => open(keyAddress(dc, key))}
      onKeep={() => update((now) => now && keepMine(now))}
    />
  );
  const cancel = (
    <Link to={folderAddress(dc, prefix)} class="button">
      Cancel
    </Link>
  );
  return (
    <>
      <PageHeader title="Create a key" crumbs={kvCrumbs(dc, `${prefix}x`)} />
      <KeyForm
        state={state}
        isSaving={isSaving}
        hasValue={!isFolder}
        fileName="value"
        submit="Create"
        onDraft={(draft) => change({ draft })}
        onFlags={(flagsText) => change({ flagsText })}
        onFile={(bytes) => update((now) => now && withValue(now, bytes))}
        onSubmit={submit}
        before={
          <NameField
            prefix={prefix}
            name={name}
            wrong={isTried || name !== '' ? wrong : undefined}
            onName={rename}
          />
        }
        notice={notice}
        after={cancel}
      />
    </>
  );
}

/** Why a name cannot be; undefined when it can. */
function nameProblem(name: string): string | undefined {
  if (name === '') return 'A key needs a name.';
  if (name.startsWith('/')) return 'A key does not begin with a slash: folders make themselves.';
  return undefined;
}

interface NameFieldProps {
  readonly prefix: string;
  readonly name: string;
  readonly wrong: string | undefined;
  readonly onName: (name: string) => void;
}

function NameField({ prefix, name, wrong, onName }: NameFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Key or folder</label>
      <div class="kv-name">
        {prefix !== '' && <code class="kv-exact">{prefix}</code>}
        <input
          id={id}
          name="key"
          value={name}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          required
          aria-invalid={wrong !== undefined}
          aria-describedby={`${id}-hint ${id}-wrong`}
          onInput={(event) => onName(event.currentTarget.value)}
        />
      </div>
      <p id={`${id}-hint`} class="hint">
        Slashes make folders: <code>redis/user</code>. With a slash at the end it is an empty
        folder.
      </p>
      <p id={`${id}-wrong`} class="wrong" aria-live="polite">
        {wrong}
      </p>
    </div>
  );
}
