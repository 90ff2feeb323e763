// Which language is this line? RNN, LSTM and GRU side by side, on the Universal Declaration of Human Rights: npm run demo:text
import { readFileSync } from 'node:fs';
import { gru, lstm, rnn } from 'rx-eddy';
import { readLines } from './lines.js';
import { recognize } from './recognize.js';

const epochs = 12;
const lines = readLines(readFileSync('data/udhr/paragraphs.tsv', 'utf8'));
console.log(`${lines.languages.join(', ')}: ${lines.train.length} lines to learn from, ${lines.test.length} to tell`);
console.log(`chance: ${(100 / lines.languages.length).toFixed(1)} %\n`);
for (const [name, layer] of Object.entries({ RNN: rnn(32), LSTM: lstm(32), GRU: gru(32) })) {
  const start = performance.now();
  const { accuracy, loss, letters } = await recognize(lines, layer, epochs);
  const micros = (1e3 * (performance.now() - start)) / letters;
  console.log(
    `${name.padEnd(5)}${(100 * accuracy).toFixed(1).padStart(5)} % right   loss ${loss.toFixed(3)}   ${micros.toFixed(1)} µs a letter`,
  );
}
