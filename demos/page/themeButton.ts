import { onTheme, toggleTheme } from '../charts/theme.js';
import { element } from './element.js';

/** The button that changes between light and dark. */
export function themeButton(): void {
  const button = element('theme', HTMLButtonElement);
  button.addEventListener('click', toggleTheme);
  onTheme((theme) => {
    button.textContent = theme === 'dark' ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Use ${theme === 'dark' ? 'light' : 'dark'} colours`);
  });
}
