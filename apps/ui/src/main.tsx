import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './settings/theme.ts';
import './styles/base.css';
import './styles/catalog.css';
import './styles/layout.css';
import './styles/components.css';
import './styles/forms.css';
import './styles/intentions.css';
import './styles/acls.css';
import './styles/kv.css';

applyTheme();
render(<App />, document.getElementById('app')!);
