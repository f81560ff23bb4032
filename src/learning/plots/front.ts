import type { TopLevelSpec } from 'vega-lite';
import type { Results } from '../evaluate.ts';
import { COLOURS, FRAME } from './style.ts';

const WIDTH = 640;
const HEIGHT = 440;
/** Size of a label's letters. */
const LABEL = 11;

/** Tokens of a round against its time: the slope is the speed. */
export function frontPlot({ scores, plainRound }: Results): TopLevelSpec | undefined {
  const values = scores.flatMap(({ id, kind, round }) =>
    round ? [{ id, kind: kindOf(id, kind), time: round.millis / plainRound, tokens: round.tokens }] : [],
  );
  if (values.length === 0) return undefined;
  const labelled = placeLabels(
    values.filter(({ id }) => id !== 'best fixed'),
    {
      width: WIDTH / (1.18 * Math.max(...values.map((v) => v.time)) - 0.9),
      height: HEIGHT / (1.12 * Math.max(...values.map((v) => v.tokens)) - 0.9),
    },
  );
  const path = values.filter(({ kind }) => kind === 'paper').map((value, order) => ({ ...value, order }));
  const [time, tokens] = [Math.max(...values.map((v) => v.time)), Math.max(...values.map((v) => v.tokens))];
  // Lines of equal speed, to read the slope by.
  const rays = [1, 1.5, 2, 2.5, 3, 4].flatMap((speed) => {
    const end = Math.min(1.12 * time, (1.08 * tokens) / speed);
    return [
      { speed, time: 0.9, tokens: 0.9 * speed },
      { speed, time: end, tokens: end * speed, label: `${speed}×` },
    ].filter(() => end > 1);
  });
  return {
    ...FRAME,
    title: {
      text: 'Quality of drafts against their cost',
      subtitle: ['Tokens and time of a round;', 'dashed lines join points of equal speed'],
    },
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data: { values: rays },
        encoding: {
          x: {
            field: 'time',
            type: 'quantitative',
            scale: { domain: [0.9, 1.18 * time], nice: false },
            axis: { title: 'time of a round, in plain rounds', grid: false },
          },
          y: {
            field: 'tokens',
            type: 'quantitative',
            scale: { domain: [0.9, 1.12 * tokens], nice: false },
            axis: { title: 'tokens a round', grid: false },
          },
        },
        layer: [
          {
            mark: { type: 'line', color: '#bbbbbb', strokeDash: [4, 4], clip: true },
            encoding: { detail: { field: 'speed', type: 'nominal' } },
          },
          {
            transform: [{ filter: 'isDefined(datum.label)' }],
            mark: { type: 'text', align: 'left', dx: 4, color: '#888888', fontSize: 11 },
            encoding: { text: { field: 'label' } },
          },
        ],
      },
      {
        data: { values: path },
        mark: { type: 'line', color: COLOURS[3] as string, opacity: 0.6 },
        encoding: {
          x: { field: 'time', type: 'quantitative' },
          y: { field: 'tokens', type: 'quantitative' },
          order: { field: 'order', type: 'quantitative' },
        },
      },
      {
        data: { values },
        encoding: {
          x: { field: 'time', type: 'quantitative' },
          y: { field: 'tokens', type: 'quantitative' },
          color: {
            field: 'kind',
            type: 'nominal',
            scale: {
              domain: ['trained', 'fixed draft', 'paper', 'rule or router', 'online'],
              range: [COLOURS[0]!, '#777777', COLOURS[3]!, COLOURS[2]!, COLOURS[4]!],
            },
            legend: { title: null, orient: 'bottom' },
          },
        },
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
      },
      {
        data: { values: labelled },
        mark: { type: 'rule', color: '#bbbbbb', strokeWidth: 0.7 },
        encoding: {
          x: { field: 'time', type: 'quantitative' },
          y: { field: 'tokens', type: 'quantitative' },
          x2: { field: 'lineTime' },
          y2: { field: 'labelTokens' },
        },
      },
      {
        data: { values: labelled },
        mark: { type: 'text', align: 'left', dx: 3, fontSize: LABEL },
        encoding: {
          x: { field: 'labelTime', type: 'quantitative' },
          y: { field: 'labelTokens', type: 'quantitative' },
          text: { field: 'id' },
          color: { field: 'kind', type: 'nominal' },
        },
      },
    ],
  };
}

function kindOf(id: string, kind: string): string {
  if (id.startsWith('paper')) return 'paper';
  if (id === 'language router' || kind === 'rule') return 'rule or router';
  if (kind === 'learned') return 'trained';
  return kind === 'online' ? 'online' : 'fixed draft';
}

interface Point {
  readonly id: string;
  readonly kind: string;
  readonly time: number;
  readonly tokens: number;
}

/**
 * Give every point a label that covers no dot and no other: points at the same place share one, and a label that would lie on
 * another moves away.
 * @param pixels of one unit of time and of one token.
 */
function placeLabels(points: readonly Point[], pixels: { readonly width: number; readonly height: number }) {
  const merged: Point[] = [];
  for (const point of [...points].sort((a, b) => b.tokens - a.tokens)) {
    const at = merged.findIndex(
      ({ time, tokens, kind }) =>
        kind === point.kind &&
        Math.abs(time - point.time) * pixels.width < 3 &&
        Math.abs(tokens - point.tokens) * pixels.height < 3,
    );
    if (at < 0) merged.push(point);
    else merged[at] = { ...merged[at]!, id: `${merged[at]!.id}, ${point.id.replace(/^paper /, '')}` };
  }
  // Dots are in the way as well.
  const placed: Box[] = merged.map(({ time, tokens }) => ({
    left: time * pixels.width - 6,
    right: time * pixels.width + 6,
    y: tokens * pixels.height,
  }));
  return merged.map((point) => {
    const [x, at] = [point.time * pixels.width, point.tokens * pixels.height];
    const length = 0.6 * LABEL * point.id.length;
    // As near as there is room: to the right or the left of the dot, then further and further up and down.
    for (let away = 0; ; away += 2) {
      for (const left of [x + 10, x - 10 - length]) {
        for (const y of [at + away, at - away]) {
          const own = { left, right: left + length, y };
          if (left < 0.9 * pixels.width || placed.some((other) => overlap(own, other))) continue;
          placed.push(own);
          return {
            ...point,
            labelTime: left / pixels.width,
            labelTokens: y / pixels.height,
            lineTime: (left > x ? left - 1 : left + length) / pixels.width,
          };
        }
      }
    }
  });
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < LABEL + 2;
}
