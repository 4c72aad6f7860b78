import type { AclBindingRule } from '@mesh/api-contract';
import { request } from '../../api/request.ts';
import { type QueryHandle, useQuery } from '../../api/use-query.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Answered } from '../../components/data-states.tsx';
import { attempt } from '../../components/notices.tsx';
import { BindingRuleForm } from './binding-rule-form.tsx';

interface BindingRulesProps {
  readonly dc: string;
  /** Name of the auth method. */
  readonly method: string;
}

/** What logins through an auth method grant: each rule that matches adds to it. */
export function BindingRules({ dc, method }: BindingRulesProps) {
  const rules = useQuery<readonly AclBindingRule[] | null>('/v1/acl/binding-rules', {
    query: { dc, authmethod: method },
  });
  return (
    <section class="panel acl-users" aria-labelledby="rules">
      <h2 id="rules">Binding rules</h2>
      <p class="intro">What a login is granted: each rule that matches adds to it.</p>
      <Answered answer={rules} what="binding rules">
        {(found) => <Rules dc={dc} rules={found ?? []} refresh={rules.refresh} />}
      </Answered>
      <BindingRuleForm dc={dc} method={method} onCreated={rules.refresh} />
    </section>
  );
}

interface RulesProps extends QueryHandle {
  readonly dc: string;
  readonly rules: readonly AclBindingRule[];
}

function Rules({ dc, rules, refresh }: RulesProps) {
  if (rules.length === 0) return <p>There is none yet: logins are refused.</p>;
  return (
    <ul class="binding-rules">
      {rules.map((rule) => (
        <li key={rule.ID}>
          <div>
            <span class="kind">{rule.BindType}</span> <code>{rule.BindName}</code>{' '}
            {rule.Selector === '' ? (
              'for everybody'
            ) : (
              <>
                where <code>{rule.Selector}</code>
              </>
            )}
            {rule.Description !== '' && <p class="hint">{rule.Description}</p>}
          </div>
          <DeleteRule dc={dc} rule={rule} refresh={refresh} />
        </li>
      ))}
    </ul>
  );
}

interface DeleteRuleProps extends QueryHandle {
  readonly dc: string;
  readonly rule: AclBindingRule;
}

function DeleteRule({ dc, rule, refresh }: DeleteRuleProps) {
  const what = `the binding rule of the ${rule.BindType} ${rule.BindName}`;
  const remove = async () => {
    const path = `/v1/acl/binding-rule/${encodeURIComponent(rule.ID)}`;
    const words = { done: `Deleted ${what}`, failed: `${what} was not deleted` };
    if (await attempt(() => request('DELETE', path, { query: { dc } }), words)) refresh();
  };
  return (
    <ConfirmButton
      text="Delete"
      label={`Delete ${what}`}
      question="Logins from then on are not granted this. Tokens of earlier ones keep it."
      confirm="Delete the rule"
      onConfirm={remove}
    />
  );
}
