import { Empty } from '../components/data-states.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Link } from '../routing/link.tsx';
import { pathOf } from '../routing/place.ts';
import type { PageProps } from './page.ts';

/** For addresses that lead nowhere. */
export default function NotFoundPage({ dc }: PageProps) {
  return (
    <>
      <PageHeader title="Not found" />
      <Empty title="There is no page at this address">
        <Link to={pathOf(dc, 'services')}>To the services of {dc}</Link>
      </Empty>
    </>
  );
}
