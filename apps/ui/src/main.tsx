import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './settings/theme.ts';
import './styles/base.css';
import './styles/layout.css';
import './styles/components.css';

applyTheme();
render(<App />, document.getElementById('app')!);
