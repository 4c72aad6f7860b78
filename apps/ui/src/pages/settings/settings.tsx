import { useState } from 'preact/hooks';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { CheckField, ChoiceField, TextField } from '../../components/field.tsx';
import { notify } from '../../components/notices.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { dashboardLink, dashboardProblem, PLACEHOLDERS } from '../../settings/dashboard-link.ts';
import { useObservable } from '../../settings/observable.ts';
import { signOut } from '../../settings/session.ts';
import { changeSettings, resetSettings, settings } from '../../settings/settings.ts';
import type { PageProps } from '../page.ts';

/** What a person sets in this browser; every change counts at once. */
export default function SettingsPage({ dc }: PageProps) {
  const { live, theme, dashboardUrl } = useObservable(settings);
  const [round, setRound] = useState(0);
  const forget = () => {
    resetSettings();
    signOut();
    setRound((count) => count + 1);
    notify('done', 'Forgot the settings, and signed out');
  };
  return (
    <>
      <PageHeader title="Settings" />
      <p class="intro">Kept in this browser alone; changes count at once.</p>
      <div class="form">
        <CheckField
          label="Live updates"
          name="live"
          checked={live}
          hint="Changes in the datacenter are shown as they happen. Without, pages show how things
            were when they were opened, and a button in the bar asks anew."
          onChange={(next) => changeSettings({ live: next })}
        />
        <ChoiceField
          label="Colors"
          name="theme"
          value={theme}
          choices={[
            ['auto', 'As the system'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          onChoice={(next) => changeSettings({ theme: next })}
        />
        <Dashboard key={round} dc={dc} kept={dashboardUrl} />
        <section class="panel" aria-labelledby="forget">
          <h2 id="forget">This browser</h2>
          <p class="intro">
            Settings, and the token that you are signed in with, are kept until you forget them.
          </p>
          <ConfirmButton
            text="Forget everything"
            question="The settings go back to what they were at first, and you are signed out."
            confirm="Forget everything"
            onConfirm={forget}
          />
        </section>
      </div>
    </>
  );
}

interface DashboardProps {
  readonly dc: string;
  readonly kept: string;
}

/** The dashboard's address. Only a good one is kept. */
function Dashboard({ dc, kept }: DashboardProps) {
  const [text, setText] = useState(kept);
  const wrong = dashboardProblem(text);
  const example = dashboardLink(text, { Datacenter: dc, Service: { Name: 'web' } });
  const edit = (next: string) => {
    setText(next);
    if (dashboardProblem(next) === undefined) changeSettings({ dashboardUrl: next.trim() });
  };
  return (
    <div class="dashboard-setting">
      <TextField
        label="Dashboard of a service"
        name="dashboard"
        type="url"
        value={text}
        placeholder="https://dashboards.example/d?service={{Service.Name}}"
        wrong={wrong}
        hint={
          <>
            Services link to this address. Placeholders:{' '}
            {PLACEHOLDERS.map((placeholder, at) => [
              at > 0 && ', ',
              <code key={placeholder}>{placeholder}</code>,
            ])}
            . Empty for no link.
          </>
        }
        onInput={edit}
      />
      {wrong !== undefined && kept !== '' && <p class="intro">Kept until then: {kept}</p>}
      {example !== undefined && (
        <p class="intro">
          For a service named web: <code class="example">{example}</code>
        </p>
      )}
    </div>
  );
}
