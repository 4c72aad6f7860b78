import { useEffect, useState } from 'preact/hooks';
import { request } from '../../api/request.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { attempt } from '../../components/notices.tsx';
import { fittingFolder, keyPath } from './key-path.ts';
import { deleteKey, deleteTree } from './kv-requests.ts';

interface DeleteButtonProps {
  readonly dc: string;
  readonly class?: string;
  readonly onDeleted: () => void;
}

interface DeleteKeyButtonProps extends DeleteButtonProps {
  /** The whole key. */
  readonly name: string;
}

/** Deletes one key, after a question. */
export function DeleteKeyButton({ dc, name, onDeleted, ...rest }: DeleteKeyButtonProps) {
  const remove = async () => {
    const words = { done: `Deleted ${name}`, failed: `${name} was not deleted` };
    if (await attempt(() => deleteKey(dc, name), words)) onDeleted();
  };
  return (
    <ConfirmButton
      {...rest}
      text="Delete"
      label={`Delete ${name}`}
      question={
        <>
          The key <code class="kv-exact">{name}</code> and its value are lost.
        </>
      }
      confirm="Delete the key"
      onConfirm={remove}
    />
  );
}

interface DeleteTreeButtonProps extends DeleteButtonProps {
  /** The whole prefix, with its slash. */
  readonly prefix: string;
  readonly text?: string;
}

/** Deletes a folder with everything in it, after a question that says how much that is. */
export function DeleteTreeButton(props: DeleteTreeButtonProps) {
  const { dc, prefix, text = 'Delete', onDeleted, ...rest } = props;
  const remove = async () => {
    const words = {
      done: `Deleted ${prefix} and everything in it`,
      failed: `${prefix} was not deleted`,
    };
    if (await attempt(() => deleteTree(dc, prefix), words)) onDeleted();
  };
  return (
    <ConfirmButton
      {...rest}
      text={text}
      label={`${text} ${prefix}`}
      question={
        <>
          The folder <code class="kv-exact">{prefix}</code> is lost, with{' '}
          <KeyCount dc={dc} prefix={prefix} />.
        </>
      }
      confirm="Delete everything in it"
      onConfirm={remove}
    />
  );
}

/** How many keys are in a folder and in those below it. */
function KeyCount({ dc, prefix }: { readonly dc: string; readonly prefix: string }) {
  const [count, setCount] = useState<number>();
  useEffect(() => {
    const abort = new AbortController();
    const query = { dc, keys: true };
    request('GET', keyPath(fittingFolder(prefix)), { query, signal: abort.signal }).then(
      (answer) => {
        const keys = answer.json<readonly string[]>();
        setCount(keys.filter((key) => key.startsWith(prefix)).length);
      },
      // The question stands without the number too.
      () => {},
    );
    return () => abort.abort();
  }, [dc, prefix]);
  if (count === undefined) return <>all keys in it and in the folders below</>;
  return (
    <>
      <strong>
        {count.toLocaleString('en')} {count === 1 ? 'key' : 'keys'}
      </strong>{' '}
      in it and in the folders below
    </>
  );
}
