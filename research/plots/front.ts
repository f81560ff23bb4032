import type { TopLevelSpec } from 'vega-lite';
import type { Results } from '../evaluate/evaluate.ts';
import { COLOURS, FRAME } from './style.ts';

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

const WIDTH = 640;
const HEIGHT = 440;
const TICKS = [0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16];
/** Size of a label's letters. */
const LABEL = 11;

/** Tokens of a round against its time: the slope is the speed. */
export function frontPlot({ scores, plainRound }: Results): TopLevelSpec | undefined {
  const values = scores.flatMap(({ id, kind, round }) =>
    round ? [{ id, kind: kindOf(id, kind), time: round.millis / plainRound, tokens: round.tokens }] : [],
  );
  if (values.length === 0) return undefined;
  const times = values.map(({ time }) => time);
  const tokens = values.map((value) => value.tokens);
  // On logarithmic axes what is equally fast lies on a straight line, and an outlier does not squeeze the rest.
  const x = axisOf(Math.min(...times), Math.max(...times), WIDTH);
  const y = axisOf(Math.min(...tokens), Math.max(...tokens), HEIGHT);
  const labelled = placeLabels(
    values.filter(({ id }) => id !== 'best fixed'),
    x,
    y,
  );
  const path = values.filter(({ kind }) => kind === 'paper').map((value, order) => ({ ...value, order }));
  return {
    ...FRAME,
    title: {
      text: 'Quality of drafts against their cost',
      subtitle: ['Tokens and time of a round;', 'dashed lines join points of equal speed'],
    },
    width: WIDTH,
    height: HEIGHT,
    layer: [
      rayLayer(x, y),
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

/** Lines of equal speed, to read by; the axes with them. */
function rayLayer(x: Axis, y: Axis): Layer {
  const rays = [0.5, 0.75, 1, 1.5, 2, 3, 4, 6].flatMap((speed) => {
    const start = Math.max(x.domain[0], y.domain[0] / speed);
    const end = Math.min(x.domain[1] / 1.06, y.domain[1] / 1.03 / speed);
    return end <= 1.05 * start
      ? []
      : [
          { speed, time: start, tokens: start * speed },
          { speed, time: end, tokens: end * speed, label: `${speed}×` },
        ];
  });
  return {
    data: { values: rays },
    encoding: {
      x: {
        field: 'time',
        type: 'quantitative',
        scale: { type: 'log', base: 2, domain: x.domain, nice: false },
        axis: { title: 'time of a round, in plain rounds (logarithmic)', grid: false, values: TICKS },
      },
      y: {
        field: 'tokens',
        type: 'quantitative',
        scale: { type: 'log', base: 2, domain: y.domain, nice: false },
        axis: { title: 'tokens a round (logarithmic)', grid: false, values: TICKS },
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

/** A logarithmic axis with room for labels. */
interface Axis {
  readonly domain: [number, number];
  toPixels(value: number): number;
  fromPixels(pixels: number): number;
}

function axisOf(least: number, most: number, size: number): Axis {
  const margin = (most / least) ** 0.08 * 1.06;
  const domain: [number, number] = [least / margin, most * margin];
  const scale = size / Math.log(domain[1] / domain[0]);
  return {
    domain,
    toPixels: (value) => scale * Math.log(value / domain[0]),
    fromPixels: (pixels) => domain[0] * Math.exp(pixels / scale),
  };
}

/**
 * Give every point a label that covers no dot and no other: points at the same place share one, and a label that would
 * lie on another moves away.
 */
function placeLabels(points: readonly Point[], x: Axis, y: Axis) {
  const near = (axis: Axis, a: number, b: number) => Math.abs(axis.toPixels(a) - axis.toPixels(b)) < 3;
  const merged: Point[] = [];
  for (const point of [...points].sort((a, b) => b.tokens - a.tokens)) {
    const at = merged.findIndex(
      ({ time, tokens, kind }) =>
        kind === point.kind && near(x, time, point.time) && near(y, tokens, point.tokens),
    );
    if (at < 0) merged.push(point);
    else merged[at] = { ...merged[at]!, id: `${merged[at]!.id}, ${point.id.replace(/^paper /, '')}` };
  }
  // Dots are in the way as well.
  const taken: Box[] = merged.map(({ time, tokens }) => {
    const at = x.toPixels(time);
    return { left: at - 6, right: at + 6, y: y.toPixels(tokens) };
  });
  return merged.map((point) => {
    const dot = x.toPixels(point.time);
    const box = freePlace(dot, y.toPixels(point.tokens), 0.6 * LABEL * point.id.length, taken);
    taken.push(box);
    return {
      ...point,
      labelTime: x.fromPixels(box.left),
      labelTokens: y.fromPixels(box.y),
      lineTime: x.fromPixels(box.left > dot ? box.left - 1 : box.right),
    };
  });
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** As near as there is room: to the right or the left of the dot, then further and further up and down. */
function freePlace(dot: number, height: number, length: number, taken: readonly Box[]): Box {
  for (let away = 0; ; away += 2) {
    for (const left of [dot + 10, dot - 10 - length]) {
      for (const y of [height + away, height - away]) {
        const box = { left, right: left + length, y };
        const within = left >= 0 && y >= 0 && y <= HEIGHT;
        // Far beyond the frame there is always room, though nobody should need it.
        if ((within || away > HEIGHT) && !taken.some((other) => overlap(box, other))) return box;
      }
    }
  }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < LABEL + 2;
}
