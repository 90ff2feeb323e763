import { followTheme } from '../../charts/theme.js';
import { themeButton } from '../../page/themeButton.js';
import { connect } from './connection.js';
import { inTurns } from './inTurns.js';
import type { Page } from './Page.js';
import { Store } from './Store.js';
import { serverUrl } from './serverUrl.js';
import { announcements } from './views/announcements.js';
import { anomalies } from './views/anomalies.js';
import { beside } from './views/beside.js';
import { cells } from './views/cells.js';
import { cost } from './views/cost.js';
import { empty } from './views/empty.js';
import { exports } from './views/exports.js';
import { gates } from './views/gates.js';
import { hero } from './views/hero.js';
import { lag } from './views/lag.js';
import { replay } from './views/replay.js';
import { score } from './views/score.js';
import { sensors } from './views/sensors.js';
import { status } from './views/status.js';
import { table } from './views/table.js';
import { tokenForm } from './views/tokenForm.js';
import { tuning } from './views/tuning.js';

followTheme();

const connection = connect(serverUrl('live', 'ws'));
const store = new Store((message) => connection.send(message));
const parts: (() => void)[] = [];
const ask = inTurns(parts);
const page: Page = { store, send: connection.send, ask };

themeButton();
void tokenForm();
parts.push(
  together(empty(page), hero(page), score(page), table(page)),
  beside(page),
  together(anomalies(page), cells(page), gates(page), lag(page), cost(page)),
  together(sensors(page), tuning(page), exports(page), replay(page), announcements(page)),
);

status(connection, page);
connection.messages.subscribe((message) => {
  store.apply(message);
  ask();
});

function together(...draws: (() => void)[]): () => void {
  return () => {
    for (const draw of draws) draw();
  };
}
