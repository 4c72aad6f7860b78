import { PageHeader } from '../../components/page-header.tsx';
import type { PageProps } from '../page.ts';

/** Nodes. */
export default function Placeholder(_props: PageProps) {
  return <PageHeader title="Nodes" />;
}
