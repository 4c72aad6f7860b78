import { PageHeader } from '../../components/page-header.tsx';
import type { PageProps } from '../page.ts';

/** Instance. */
export default function Placeholder(_props: PageProps) {
  return <PageHeader title="Instance" />;
}
