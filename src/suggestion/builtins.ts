/** Names that mean something in a language without being declared in the file. */
const script =
  'abstract any arguments as asserts async await bigint boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null number object of out override package private protected public readonly require return satisfies set static string super switch symbol this throw true try type typeof undefined unique unknown var void while with yield ' +
  // What the environments of scripts bring: Node, pages, workers, test runners.
  'console process global globalThis module exports __dirname __filename Buffer setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask structuredClone fetch performance crypto window document navigator location history self localStorage sessionStorage alert confirm prompt requestAnimationFrame cancelAnimationFrame getComputedStyle matchMedia postMessage addEventListener removeEventListener Node Element Document DocumentFragment Window Image Audio Option Headers Request Response FormData Blob File FileReader URL URLSearchParams AbortController AbortSignal TextEncoder TextDecoder Worker WebSocket XMLHttpRequest MutationObserver IntersectionObserver ResizeObserver DOMParser Storage describe it test suite expect before after beforeEach afterEach beforeAll afterAll jest vi jQuery $ _ React JSX NodeJS Partial Required Readonly Record Pick Omit Exclude Extract NonNullable Parameters ConstructorParameters ReturnType InstanceType Awaited ThisType Uppercase Lowercase Capitalize Uncapitalize Iterable Iterator IterableIterator AsyncIterable AsyncIterator Generator AsyncGenerator PromiseLike ArrayLike ReadonlyArray ReadonlyMap ReadonlySet ArrayBufferLike PropertyKey TemplateStringsArray chrome browser define';
const python =
  'False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try type while with yield self cls __name__ __file__ __doc__ __all__ __version__ __class__ __dict__ __main__ abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple vars zip __import__ unicode xrange raw_input basestring long unichr reduce NotImplemented Ellipsis';

const scriptNames = new Set([...script.split(' '), ...Object.getOwnPropertyNames(globalThis)]);
const pythonNames = new Set(python.split(' '));
/** Types and errors of which there are many: those of pages and of Python. */
const scriptFamilies =
  /^(HTML|SVG|DOM|Web|RTC|IDB|CSS|Canvas|Audio|Media|Performance)\w*$|(Event|Error|Array|Element)$/;
const pythonFamilies = /^\w+(Error|Warning|Exception|Exit|Interrupt|Iteration)$/;

/** Whether a name may be used without a declaration; undefined for languages in which other files declare what this one uses. */
export function builtinsOf(language: string): ((name: string) => boolean) | undefined {
  if (/^(java|type)script(react)?$/.test(language))
    return (name) => scriptNames.has(name) || scriptFamilies.test(name);
  if (language === 'python') return (name) => pythonNames.has(name) || pythonFamilies.test(name);
  return undefined;
}

/** What the objects of a script's language have, whatever the file declares. */
const scriptMembers = new Set(
  [
    ...[Array, String, Number, Promise, Map, Set, Date, RegExp, Function, Error, Symbol, Uint8Array].flatMap(
      (type) => [type, type.prototype],
    ),
    ...[Object, Object.prototype, Math, JSON, Reflect, Intl, console, process, URL.prototype],
  ].flatMap((each) => Object.getOwnPropertyNames(each)),
);

/** Whether a member may be one of the language's own; undefined where there are too many to know. */
export function memberOf(language: string): ((name: string) => boolean) | undefined {
  return /^(java|type)script(react)?$/.test(language) ? (name) => scriptMembers.has(name) : undefined;
}
