import { PageHeader } from '../../components/page-header.tsx';
import type { PageProps } from '../page.ts';

/** Intention. */
export default function Placeholder(_props: PageProps) {
  return <PageHeader title="Intention" />;
}
