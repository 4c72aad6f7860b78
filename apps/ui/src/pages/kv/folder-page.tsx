import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/use-query.ts';
import { Answered, Empty } from '../../components/data-states.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SearchBox, useSearch } from '../../components/search-box.tsx';
import { WindowedList } from '../../components/windowed-list.tsx';
import { Link } from '../../routing/link.tsx';
import { navigate } from '../../routing/navigation.ts';
import { kvCrumbs } from './crumbs.ts';
import { DeleteKeyButton, DeleteTreeButton } from './delete-buttons.tsx';
import { type FolderRow, filterRows, folderContent } from './folder-rows.ts';
import { FileIcon, FolderIcon } from './icons.tsx';
import { fitsPath, fittingFolder, keyPath } from './key-path.ts';
import { createAddress, folderAddress, keyAddress, nameOf, parentOf } from './kv-address.ts';

interface FolderPageProps {
  readonly dc: string;
  /** '' for the root. */
  readonly prefix: string;
}

/** The keys and folders in a folder. */
export function FolderPage({ dc, prefix }: FolderPageProps) {
  // Of a folder that no path can carry, the one around it is asked for all its keys.
  const keys = useQuery<readonly string[]>(keyPath(fittingFolder(prefix)), {
    query: { dc, keys: true, separator: fitsPath(prefix) ? '/' : undefined },
  });
  const [search, setSearch] = useSearch();
  const create = (
    <Link to={createAddress(dc, prefix)} class="button primary">
      Create
    </Link>
  );
  return (
    <>
      <PageHeader
        title={prefix === '' ? 'Key/Value' : nameOf(prefix)}
        crumbs={kvCrumbs(dc, prefix)}
        actions={
          <>
            {prefix !== '' && keys.state === 'ready' && (
              <DeleteTreeButton
                dc={dc}
                prefix={prefix}
                text="Delete folder"
                onDeleted={() => navigate(folderAddress(dc, parentOf(prefix)))}
              />
            )}
            {create}
          </>
        }
      />
      <SearchBox label="Filter by name" value={search} onInput={setSearch} />
      <Answered answer={keys} what="keys" absent={<NoKeys prefix={prefix} />}>
        {(found) => (
          <Folder dc={dc} prefix={prefix} keys={found} search={search} onDeleted={keys.refresh} />
        )}
      </Answered>
    </>
  );
}

function NoKeys({ prefix }: { readonly prefix: string }) {
  return prefix === '' ? (
    <Empty title="No keys yet">
      Create one here or with <code>consul kv put</code>. Slashes in a key make folders.
    </Empty>
  ) : (
    <Empty title="Nothing in this folder">A key that is created here makes it again.</Empty>
  );
}

interface FolderProps extends FolderPageProps {
  readonly keys: readonly string[];
  readonly search: string;
  readonly onDeleted: () => void;
}

function Folder({ dc, prefix, keys, search, onDeleted }: FolderProps) {
  const content = useMemo(() => folderContent(prefix, keys), [prefix, keys]);
  const shown = useMemo(() => filterRows(content.rows, search), [content, search]);
  const { rows, hasOwnKey } = content;
  return (
    <>
      {hasOwnKey && (
        <p class="kv-note">
          The folder is also a key of its own:{' '}
          <Link to={keyAddress(dc, prefix)}>
            <code class="kv-exact">{prefix}</code>
          </Link>
        </p>
      )}
      <p class="kv-note" role="status">
        {countText(rows.length, shown.length, search)}
      </p>
      {shown.length > 0 ? (
        <WindowedList label="Keys and folders" items={shown} keyOf={({ key }) => key}>
          {(row) => <Row dc={dc} row={row} onDeleted={onDeleted} />}
        </WindowedList>
      ) : rows.length > 0 ? (
        <Empty title="No name matches">{search}</Empty>
      ) : (
        <NoKeys prefix={prefix === '' && hasOwnKey ? '/' : prefix} />
      )}
    </>
  );
}

function countText(all: number, shown: number, search: string): string {
  const count = (number: number) =>
    `${number.toLocaleString('en')} ${number === 1 ? 'entry' : 'entries'}`;
  return search.trim() === '' ? count(all) : `${shown.toLocaleString('en')} of ${count(all)}`;
}

interface RowProps {
  readonly dc: string;
  readonly row: FolderRow;
  readonly onDeleted: () => void;
}

function Row({ dc, row, onDeleted }: RowProps) {
  const { key, name, isFolder } = row;
  const to = isFolder ? folderAddress(dc, key) : keyAddress(dc, key);
  return (
    <div class="row kv-row">
      <Link to={to} class="row-name">
        {isFolder ? <FolderIcon /> : <FileIcon />}
        <bdi class="kv-exact-line">{name}</bdi>
      </Link>
      {isFolder ? (
        <DeleteTreeButton dc={dc} prefix={key} class="plain" onDeleted={onDeleted} />
      ) : (
        <DeleteKeyButton dc={dc} name={key} class="plain" onDeleted={onDeleted} />
      )}
    </div>
  );
}
