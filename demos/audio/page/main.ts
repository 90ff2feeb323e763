import { followTheme } from '../../charts/theme.js';
import { themeButton } from '../../page/themeButton.js';
import { Session } from './Session.js';
import { esrChart } from './views/esrChart.js';
import { figures } from './views/figures.js';
import { files } from './views/files.js';
import { hear } from './views/hear.js';
import { knobForm } from './views/knobForm.js';
import { networkForm } from './views/networkForm.js';
import { pairFiles } from './views/pairFiles.js';
import { ratio } from './views/ratio.js';
import { scopes } from './views/scopes.js';
import { sources } from './views/sources.js';
import { status } from './views/status.js';

followTheme();
themeButton();
const session = new Session();
for (const view of [status, sources, hear, ratio, esrChart, scopes, knobForm, networkForm, figures, files, pairFiles])
  view(session);
