// `node --import tsx examples/image-classifiers/run.ts` trains both classifiers and the selectors, measures, prints the table
// of docs/selection-elsewhere.md and writes results.json beside this file.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { blockMeans, everyPixel, largest, NetworkClassifier, SIZES } from './classifiers.ts';
import {
  CONTEXT,
  type Lesson,
  STATISTICS,
  TrainedSelector,
  writeAnswer,
  writeStatistics,
} from './selectors.ts';
import { draw, type Picture, pictures, seeded } from './shapes.ts';

const LESSONS = 6000;
const VALIDATION = 4000;
const TEST = 8000;
/** Pictures that a method gets in a row before the next one's turn; the fastest of the rounds counts. */
const CHUNK = 40;
const ROUNDS = 7;
/** Points of accuracy under «always large» that a selector may cost. */
const ALLOWANCE = 0.005;

const random = seeded(1);
const small = new NetworkClassifier('small', SIZES.small, blockMeans, 11);
const large = new NetworkClassifier('large', SIZES.large, everyPixel, 12);
console.error('training the small classifier …');
small.train(() => draw(random), 3000, 32, 0.01);
console.error('training the large classifier …');
large.train(() => draw(random), 3500, 32, 0.002);

/** A way to classify a picture. */
type Method = (picture: Picture) => number;
const context = new Float64Array(CONTEXT);
const ask = ({ pixels }: Picture, classifier: NetworkClassifier) => largest(classifier.classify(pixels));

function lessonsOf(some: readonly Picture[]): Lesson[] {
  return some.map((picture) => {
    const own = new Float64Array(CONTEXT);
    writeStatistics(picture.pixels, own);
    const answer = small.classify(picture.pixels);
    writeAnswer(answer, own);
    return {
      context: own,
      right: [largest(answer) === picture.shape, ask(picture, large) === picture.shape],
    };
  });
}

/** Milliseconds a picture of every method, measured in turns. */
function timesOf(
  methods: Readonly<Record<string, Method>>,
  some: readonly Picture[],
): Record<string, number> {
  const total: Record<string, number> = {};
  for (let from = 0; from < some.length; from += CHUNK) {
    const chunk = some.slice(from, from + CHUNK);
    const best: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, method] of Object.entries(methods)) {
        const started = performance.now();
        for (const picture of chunk) method(picture);
        best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, performance.now() - started);
      }
    }
    for (const [name, millis] of Object.entries(best))
      total[name] = (total[name] ?? 0) + millis / some.length;
  }
  return total;
}

const [training, validation, test] = [pictures(LESSONS, 21), pictures(VALIDATION, 22), pictures(TEST, 23)];
const lessons = lessonsOf(training);
const known = lessonsOf(validation);
const always = {
  'always small': (picture: Picture) => ask(picture, small),
  'always large': (picture: Picture) => ask(picture, large),
};
const measured = timesOf(always, validation);
const millis = [measured['always small']!, measured['always large']!] as const;
const goal = known.filter(({ right }) => right[1]).length / known.length - ALLOWANCE;

/** The least eager of some settings that still reaches the goal on the validation pictures. */
function tuned(wants: (lesson: Lesson, setting: number) => boolean, settings: readonly number[]): number {
  const results = settings.map((setting) => {
    let right = 0;
    let asked = 0;
    for (const lesson of known) {
      const goes = wants(lesson, setting);
      if (goes) asked++;
      if (lesson.right[goes ? 1 : 0]) right++;
    }
    return { setting, accuracy: right / known.length, asked };
  });
  const good = results.filter(({ accuracy }) => accuracy >= goal);
  return (good.length > 0 ? good : results).reduce((a, b) => (b.asked < a.asked ? b : a)).setting;
}

const steps = Array.from({ length: 60 }, (_, i) => i);
const threshold = tuned(
  ({ context: known }, setting) => known[STATISTICS]! < setting,
  steps.map((i) => 1 - 1.15 ** -i * 0.7),
);
const prices = steps.map((i) => (0.6 / millis[1]) * 1.15 ** -i);
console.error('training the selectors …');
const [before, after] = [STATISTICS, CONTEXT].map((inputs) => {
  const selector = new TrainedSelector(inputs, 31);
  selector.train(lessons, 40, 32);
  return selector;
}) as [TrainedSelector, TrainedSelector];
/** Asked after the small classifier, the large one's time comes on top. */
const onTop = [millis[0], millis[0] + millis[1]] as const;
const priceBefore = tuned((lesson, price) => before.wantsLarge(lesson.context, millis, price), prices);
const priceAfter = tuned((lesson, price) => after.wantsLarge(lesson.context, onTop, price), prices);

const asked: Record<string, number> = {};
let current = '';
const askLarge = (picture: Picture) => {
  asked[current] = (asked[current] ?? 0) + 1;
  return ask(picture, large);
};
const methods: Record<string, Method> = {
  'always small': always['always small'],
  'always large': askLarge,
  'confidence threshold': (picture) => {
    const answer = small.classify(picture.pixels);
    const shape = largest(answer);
    return answer[shape]! < threshold ? askLarge(picture) : shape;
  },
  'trained, before the small one': (picture) => {
    writeStatistics(picture.pixels, context);
    return before.wantsLarge(context, millis, priceBefore) ? askLarge(picture) : ask(picture, small);
  },
  'trained, after the small one': (picture) => {
    writeStatistics(picture.pixels, context);
    const answer = small.classify(picture.pixels);
    const shape = largest(answer);
    writeAnswer(answer, context);
    return after.wantsLarge(context, onTop, priceAfter) ? askLarge(picture) : shape;
  },
};

const verdicts = lessonsOf(test).map(({ right }) => right);
const accuracy: Record<string, number> = {};
for (const [name, method] of Object.entries(methods)) {
  current = name;
  accuracy[name] = test.filter((picture) => method(picture) === picture.shape).length / TEST;
}
const share = Object.fromEntries(Object.keys(methods).map((name) => [name, (asked[name] ?? 0) / TEST]));
const times = timesOf(methods, test);
// Knows beforehand who will be right, and takes the small one where it does not matter.
const needed = verdicts.filter(([cheap, dear]) => !cheap && dear).length / TEST;
accuracy.oracle = verdicts.filter(([cheap, dear]) => cheap || dear).length / TEST;
share.oracle = needed;
times.oracle = (1 - needed) * times['always small']! + needed * times['always large']!;

const rows = Object.keys(accuracy).map((name) => ({
  method: name,
  accuracy: Number(accuracy[name]!.toFixed(4)),
  largeAsked: Number(share[name]!.toFixed(3)),
  microseconds: Number((1000 * times[name]!).toFixed(2)),
  timesAsFast: Number((times['always large']! / times[name]!).toFixed(2)),
}));
const machine = { cpu: cpus()[0]?.model ?? '', node: process.version };
const setting = { shapes: 6, lessons: LESSONS, validation: VALIDATION, test: TEST, allowance: ALLOWANCE };
writeFileSync(
  path.join(__dirname, 'results.json'),
  `${JSON.stringify({ setting, machine, threshold, prices: { before: priceBefore, after: priceAfter }, rows }, null, 2)}\n`,
);
console.log('| method | right | large asked | µs an image | times as fast |');
console.log('|---|---|---|---|---|');
for (const row of rows) {
  const { method, largeAsked, microseconds, timesAsFast } = row;
  console.log(
    `| ${method} | ${(100 * row.accuracy).toFixed(1)} % | ${(100 * largeAsked).toFixed(0)} % | ${microseconds.toFixed(1)} | ${timesAsFast.toFixed(2)} |`,
  );
}
