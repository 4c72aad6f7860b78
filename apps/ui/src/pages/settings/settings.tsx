import { PageHeader } from '../../components/page-header.tsx';
import type { PageProps } from '../page.ts';

/** Settings. */
export default function Placeholder(_props: PageProps) {
  return <PageHeader title="Settings" />;
}
