import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiFailure } from './api/request.ts';
import { Failed, Loading } from './components/data-states.tsx';
import { Layout } from './components/layout.tsx';
import type { Page, PageProps } from './pages/page.ts';
import { pages } from './pages/pages.ts';
import { currentDatacenter } from './routing/datacenter.ts';
import { navigate, place } from './routing/navigation.ts';
import { matchPath, type Params, pathOf } from './routing/place.ts';
import { useObservable } from './settings/observable.ts';

function find(path: string): { readonly page: Page; readonly params: Params } {
  for (const page of pages) {
    const params = matchPath(page.pattern, path);
    if (params) return { page, params };
  }
  throw new Error('the last pattern matches everything');
}

/** The shell with the page that the address names. */
export function App() {
  const { path } = useObservable(place);
  const isShort = path === '' || !path.includes('/');
  useEffect(() => {
    // As the original: the mount point, and a datacenter alone, lead to its services.
    if (path === '') navigate(pathOf(currentDatacenter(), 'services'), { replace: true });
    else if (isShort && path !== 'settings') navigate(`${path}/services`, { replace: true });
    else if (/^[^/]+\/$/.test(path)) navigate(`${path}services`, { replace: true });
  }, [path, isShort]);
  const { page, params } = find(path);
  const dc = params['dc'] ?? currentDatacenter();
  return (
    <Layout section={page.section} dc={dc}>
      <LoadedPage key={path} page={page} dc={dc} params={params} />
    </Layout>
  );
}

interface LoadedPageProps extends PageProps {
  readonly page: Page;
}

const loaded = new Map<Page, ComponentType<PageProps>>();

function LoadedPage({ page, dc, params }: LoadedPageProps) {
  const [, setRound] = useState(0);
  const [failure, setFailure] = useState<ApiFailure>();
  const Component = loaded.get(page);
  useEffect(() => {
    if (loaded.has(page)) return;
    page.load().then(
      ({ default: found }) => {
        loaded.set(page, found);
        setRound((count) => count + 1);
      },
      () => setFailure(new ApiFailure(0, 'a file of the page could not be loaded')),
    );
  }, [page]);
  if (failure)
    return <Failed what="This page" failure={failure} onRetry={() => location.reload()} />;
  return Component ? <Component dc={dc} params={params} /> : <Loading what="the page" />;
}
