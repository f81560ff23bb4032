import picomatch from 'picomatch';

/** What an extension of the editor says of a language. */
export interface LanguageContribution {
  readonly id?: unknown;
  readonly extensions?: unknown;
  readonly filenames?: unknown;
}

/** Languages of texts that nobody writes by hand, and so nobody wants to copy from. */
const notWritten = new Set(['log', 'search-result', 'code-text-binary', 'csv', 'tsv', 'diff']);
/** The same by name: what tools write. */
const generated =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|[^/]*[-.]lock(\.[a-z]+)?|[^/]*\.(min|bundle)\.(js|css)|[^/]*\.(map|svg|har|geojson|ipynb|snap))$/i;

/** File names of the languages that are wanted. */
export class KnownNames {
  private readonly endings = new Set<string>();
  private readonly names = new Set<string>();

  /**
   * @param contributions what the editor's extensions say of languages; not checked by anybody before
   * @param wanted whether suggestions are wanted in a language
   */
  constructor(contributions: Iterable<LanguageContribution>, wanted: (language: string) => boolean) {
    for (const { id, extensions, filenames } of contributions) {
      if (typeof id !== 'string' || notWritten.has(id) || !wanted(id)) continue;
      for (const ending of strings(extensions)) this.endings.add(ending.toLowerCase());
      for (const name of strings(filenames)) this.names.add(name.toLowerCase());
    }
  }

  /** Whether a file of this path is a text in a known language that people write. */
  has(path: string): boolean {
    if (generated.test(path)) return false;
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    if (this.names.has(name)) return true;
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
      if (this.endings.has(name.slice(at))) return true;
    }
    return false;
  }
}

/** A predicate for the editor's `files.exclude` and `search.exclude`: glob patterns with `true`, `false` or a condition. */
export function globsOf(
  ...settings: (Readonly<Record<string, unknown>> | undefined)[]
): (path: string) => boolean {
  // A condition looks at the files beside it; leaving such a file in does no harm.
  const patterns = settings.flatMap((setting) =>
    Object.entries(setting ?? {}).flatMap(([pattern, on]) => (on === true ? [pattern] : [])),
  );
  if (patterns.length === 0) return () => false;
  // What is below an excluded folder is excluded too.
  return picomatch([...patterns, ...patterns.map((pattern) => `${pattern}/**`)], { dot: true });
}

/** Whether a text is worth copying from: no binary, and not one that a tool has packed into few lines. */
export function isWritten(text: string): boolean {
  if (text.includes('\0')) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines < 400;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
