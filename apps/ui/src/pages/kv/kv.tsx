import NotFoundPage from '../not-found.tsx';
import type { PageProps } from '../page.ts';
import { CreatePage } from './create-page.tsx';
import { FolderPage } from './folder-page.tsx';
import { KeyPage } from './key-page.tsx';
import { kvPlaceOf } from './kv-address.ts';

/** Key/Value: a folder, a key, or a key to be. */
export default function KvPage(props: PageProps) {
  const { dc, params } = props;
  const place = kvPlaceOf(params['rest'] ?? '');
  switch (place?.kind) {
    case 'folder':
      return <FolderPage dc={dc} prefix={place.prefix} />;
    case 'key':
      return <KeyPage dc={dc} name={place.key} />;
    case 'create':
      return <CreatePage dc={dc} prefix={place.prefix} />;
    default:
      return <NotFoundPage {...props} />;
  }
}
