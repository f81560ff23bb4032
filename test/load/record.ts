/** What was seen at one moment of a load. */
export interface Look {
  readonly minutes: number;
  /** Resident megabytes (2^20 bytes) of the worker, and of the process that it serves. */
  readonly workerMiB: number;
  readonly hostMiB: number;
  /** Open files, pipes and sockets of both; 0 where the system does not tell. */
  readonly workerFiles: number;
  readonly hostFiles: number;
}

/** An answer of the model. */
export interface Answer {
  readonly minutes: number;
  readonly millis: number;
}

/**
 * What looks and answers tell of a load of so many minutes: growth an hour of each measure over its second half, since the
 * first fills caches and the index, and the 50th and 99th percentile of the answers of each quarter.
 */
export function summaryOf(looks: readonly Look[], answers: readonly Answer[], minutes: number) {
  const late = looks.filter((look) => look.minutes >= minutes / 2);
  const growth = (measure: keyof Look) =>
    rounded(slope(late.map((look) => [look.minutes / 60, look[measure]])));
  return {
    growthPerHour: {
      workerMiB: growth('workerMiB'),
      hostMiB: growth('hostMiB'),
      workerFiles: growth('workerFiles'),
      hostFiles: growth('hostFiles'),
    },
    quarters: [0, 1, 2, 3].map((quarter) => {
      const millis = answers
        .filter((answer) => Math.min(3, Math.floor((4 * answer.minutes) / minutes)) === quarter)
        .map((answer) => answer.millis)
        .sort((a, b) => a - b);
      const at = (share: number) => Math.round(millis[Math.floor(share * (millis.length - 1))] ?? 0);
      return { answers: millis.length, medianMillis: at(0.5), p99Millis: at(0.99) };
    }),
  };
}

/**
 * Theil's and Sen's slope: the median of the slopes of all pairs of points. One look in ten may lie anywhere, as when a
 * collection of garbage is just over or due, and it hardly moves.
 * @returns 0 of fewer than two points
 */
export function slope(points: readonly (readonly [number, number])[]): number {
  const slopes = points.flatMap(([x, y], i) =>
    points.slice(i + 1).flatMap(([x2, y2]) => (x2 === x ? [] : [(y2 - y) / (x2 - x)])),
  );
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  if (slopes.length === 0) return 0;
  return slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2;
}

export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
