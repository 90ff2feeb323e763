/**
 * The score of the Numenta Anomaly Benchmark v1.1 (Lavin & Ahmad 2015, arXiv:1510.03336), from its published rules.
 *
 * A file: { rows, windows: [[first, last], …] } by row. Rows of the first 15 % (at most 750) are not scored. With
 * s(y) = 2/(1 + e^{5y}) − 1 and s(y) = −1 for y > 3: the best alarm in a window is worth s(y)/s(−1) at y = −(last − row + 1)/width, a
 * missed window −fn; an alarm outside is worth fp · s(y), y = (row − last)/(width − 1) after the latest window, −fp before the first.
 * 0 is what a silent detector gets, 100 the best possible.
 */
export const PROFILES = {
  standard: { fp: 0.11, fn: 1 },
  'reward low FP': { fp: 0.22, fn: 1 },
  'reward low FN': { fp: 0.11, fn: 2 },
};

const squash = (y) => (y > 3 ? -1 : 2 / (1 + Math.exp(5 * y)) - 1);

/** The worth of every row, and its window or −1. */
function geometry({ rows, windows }) {
  const worth = new Float64Array(rows).fill(-1);
  const within = new Int32Array(rows).fill(-1);
  windows.forEach(([first, last], k) => {
    const width = last - first + 1;
    const next = windows[k + 1]?.[0] ?? rows;
    for (let i = first; i <= last; i++) {
      worth[i] = squash(-(last - i + 1) / width) / squash(-1);
      within[i] = k;
    }
    for (let i = last + 1; i < next; i++) worth[i] = width > 1 ? squash((i - last) / (width - 1)) : -1;
  });
  return { worth, within, probation: Math.min(Math.floor(0.15 * rows), 750) };
}

const geometries = new WeakMap();
const likelies = new WeakMap();
const LEAST = 0.5; // no alarm lies below

/** The rows that a threshold may reach. */
function likely(scores) {
  if (!likelies.has(scores))
    likelies.set(
      scores,
      [...scores.keys()].filter((i) => scores[i] >= LEAST),
    );
  return likelies.get(scores);
}

/** { score, hits, falseRows } of one file at a threshold. */
export function scoreFile(file, scores, threshold, { fp, fn } = PROFILES.standard) {
  if (!geometries.has(file)) geometries.set(file, geometry(file));
  const { worth, within, probation } = geometries.get(file);
  const best = new Float64Array(file.windows.length).fill(-fn);
  let score = 0;
  let falseRows = 0;
  for (const i of likely(scores)) {
    if (i < probation || scores[i] < threshold) continue;
    if (within[i] < 0) {
      score += fp * worth[i];
      falseRows++;
    } else best[within[i]] = Math.max(best[within[i]], worth[i]);
  }
  let hits = 0;
  file.windows.forEach(([, last], k) => {
    if (last < probation) return;
    score += best[k];
    if (best[k] > -fn) hits++;
  });
  return { score, hits, falseRows };
}

const windowsOf = (files) => files.reduce((sum, { windows }) => sum + windows.length, 0);

/** On the scale from silent (0) to perfect (100). */
export const normalised = (score, files, { fn } = PROFILES.standard) => {
  const windows = windowsOf(files);
  return (100 * (score + fn * windows)) / ((1 + fn) * windows);
};

const total = (files, scores, threshold, profile) =>
  files.reduce(
    (sum, file, i) => {
      const one = scoreFile(file, scores[i], threshold, profile);
      return {
        score: sum.score + one.score,
        hits: sum.hits + one.hits,
        falseRows: sum.falseRows + one.falseRows,
      };
    },
    { score: 0, hits: 0, falseRows: 0 },
  );

/** Of these files at a threshold, on the scale from silent to perfect. */
export const scoreFiles = (files, scores, threshold, profile) =>
  normalised(total(files, scores, threshold, profile).score, files, profile);

/** The threshold that is best on these files, the largest of equals, among all scores of 0.5 and above (2,000 of them where there are more) and "never". */
export function bestThreshold(files, scores, profile) {
  const distinct = [...new Set(scores.flatMap((one) => likely(one).map((i) => one[i])))].sort((a, b) => b - a);
  const every = Math.ceil(distinct.length / 2000);
  const tried = [1.1, ...distinct.filter((_, i) => i % every === 0)];
  let best = { threshold: 1.1, score: Number.NEGATIVE_INFINITY };
  for (const threshold of tried) {
    const { score } = total(files, scores, threshold, profile);
    if (score > best.score) best = { threshold, score };
  }
  return best.threshold;
}

/** At the best threshold on all files, and with each folder scored at the threshold that is best on the others. */
export function evaluate(files, scores, profile = PROFILES.standard) {
  const threshold = bestThreshold(files, scores, profile);
  const whole = total(files, scores, threshold, profile);
  const folders = [...new Set(files.map(({ folder }) => folder))].map((folder) => {
    const chosen = files.map((file) => file.folder === folder);
    const inside = files.filter((_, i) => chosen[i]);
    const own = scores.filter((_, i) => chosen[i]);
    const others = files.filter((_, i) => !chosen[i]);
    const outer = bestThreshold(
      others,
      scores.filter((_, i) => !chosen[i]),
      profile,
    );
    return { folder, files: inside, threshold: outer, ...total(inside, own, outer, profile) };
  });
  const left = folders.reduce((sum, { score }) => sum + score, 0);
  return {
    threshold,
    hits: whole.hits,
    falseRows: whole.falseRows,
    whole: normalised(whole.score, files, profile),
    atHalf: normalised(total(files, scores, 0.5, profile).score, files, profile),
    leftOut: normalised(left, files, profile),
    windows: windowsOf(files),
    folders,
  };
}

/**
 * What a threshold is worth on files it was not fitted on: the files are halved at random, so many times, and each half is scored at the
 * threshold that is best on the other. Mean, 10 and 90 % of these scores.
 */
export function halves(files, scores, random, times = 500) {
  const worth = [];
  for (let k = 0; k < times; k++) {
    const order = files.map((_, i) => [random.uniform(), i]).sort(([a], [b]) => a - b);
    const [here, there] = [order.slice(0, files.length >> 1), order.slice(files.length >> 1)].map((half) => ({
      files: half.map(([, i]) => files[i]),
      scores: half.map(([, i]) => scores[i]),
    }));
    for (const [fitted, scored] of [
      [here, there],
      [there, here],
    ]) {
      const threshold = bestThreshold(fitted.files, fitted.scores);
      worth.push(scoreFiles(scored.files, scored.scores, threshold));
    }
  }
  worth.sort((a, b) => a - b);
  const at = (share) => worth[Math.floor(share * (worth.length - 1))];
  return { mean: worth.reduce((sum, one) => sum + one, 0) / worth.length, low: at(0.1), high: at(0.9) };
}
