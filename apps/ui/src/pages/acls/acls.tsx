import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { navigate } from '../../routing/navigation.ts';
import { pathOf } from '../../routing/place.ts';
import NotFoundPage from '../not-found.tsx';
import type { PageProps } from '../page.ts';
import { type AclPage, aclPlace } from './acl-routes.ts';
import { MethodList } from './method-list.tsx';
import { MethodPage, NewMethodPage } from './method-page.tsx';
import { PolicyList } from './policy-list.tsx';
import { NewPolicyPage, PolicyPage } from './policy-page.tsx';
import { RoleList } from './role-list.tsx';
import { NewRolePage, RolePage } from './role-page.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { TokenList } from './token-list.tsx';
import { NewTokenPage, TokenPage } from './token-page.tsx';

const PAGES: Readonly<
  Record<AclPage, FunctionComponent<{ readonly dc: string; readonly id: string }>>
> = {
  tokens: TokenList,
  'token-new': NewTokenPage,
  token: TokenPage,
  policies: PolicyList,
  'policy-new': NewPolicyPage,
  policy: PolicyPage,
  roles: RoleList,
  'role-new': NewRolePage,
  role: RolePage,
  methods: MethodList,
  'method-new': NewMethodPage,
  method: MethodPage,
  'sign-in': SignInPage,
};

/** The ACL area: the path behind `acls/` says which page. */
export default function AclsPage({ dc, params }: PageProps) {
  const rest = params['rest'] ?? '';
  useEffect(() => {
    if (rest === '') navigate(pathOf(dc, 'acls', 'tokens'), { replace: true });
  }, [dc, rest]);
  if (rest === '') return null;
  const place = aclPlace(rest);
  if (!place) return <NotFoundPage dc={dc} params={params} />;
  const Page = PAGES[place.page];
  return <Page dc={dc} id={place.id} />;
}
