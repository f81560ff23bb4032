/**
 * The rooms of the repository and what may be imported where: `docs/rooms.json`, which a test holds and
 * `docs/architecture.md` shows. Run as a program (`npm run rooms`) it refreshes the list in that document and the first lines of the rooms' main files.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'fast-glob';
import { z } from 'zod';
import { refreshSection } from './section.ts';

const roomsFile = z.array(
  z.strictObject({
    /** A folder. It holds the modules in it, and those of folders below that are no rooms of their own. */
    path: z.string(),
    /** What lives there. */
    holds: z.string(),
    /** The file to begin with, which opens with a line that says what the folder holds. */
    main: z.string().optional(),
    /** What its modules may import beside each other: a room, `room/**` for those below it too, or a module. */
    imports: z.array(z.string()),
    /** Packages that they may import; `node:*` for all of Node's own. Any without it. */
    packages: z.array(z.string()).optional(),
    /** Why an import that looks odd is right. */
    why: z.string().optional(),
  }),
);
export type Room = z.infer<typeof roomsFile>[number];

/** A module and what it imports, both paths from the repository's root; packages by name. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Folders whose modules are held to the rules, with their tests. */
const WINGS = ['src', 'research', 'bench', 'training', 'examples', 'kernels', 'scripts', 'test'];

/** The rooms of a repository. @param root its folder. */
export function readRooms(root: string): Room[] {
  return roomsFile.parse(JSON.parse(readFileSync(path.join(root, 'docs/rooms.json'), 'utf8')));
}

/** Every module of the wings, a path from the root. */
export function modulesOf(root: string): string[] {
  return globSync(`{${WINGS.join(',')}}/**/*.{ts,mts,mjs,js,py}`, {
    cwd: root,
    ignore: ['**/node_modules/**', '**/fixtures/**'],
  }).sort();
}

/** Every import of every module. */
export function arrowsOf(root: string, modules: readonly string[]): Arrow[] {
  const known = new Set(modules);
  return modules.flatMap((from) => {
    const text = readFileSync(path.join(root, from), 'utf8');
    if (from.endsWith('.py')) return pythonImports(text).flatMap((name) => arrowOfPython(from, name, known));
    return importsOf(text)
      .map((name) => ({
        from,
        to: name.startsWith('.') ? path.posix.join(path.posix.dirname(from), name) : name,
      }))
      .filter(({ to }) => known.has(to) || !existsSync(path.join(root, to)));
  });
}

/** What a module in TypeScript or JavaScript names in its imports, those of types and those at run time included. */
export function importsOf(text: string): string[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const patterns = [
    /^\s*(?:import|export)\b(?:[^'"`;()]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm,
    /(?:\bimport|\brequire)\s*\(\s*(['"])([^'"\n]+)\1/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[2]!));
}

/** What a module in Python imports, by module. */
export function pythonImports(text: string): string[] {
  const patterns = [/from[ \t]+([\w.]+)[ \t]+import\b[ \t]*([\w, \t]*)/, /import()[ \t]+([\w., \t]+)/];
  const found = patterns.flatMap((each) => [...text.matchAll(new RegExp(`^[ \\t]*${each.source}`, 'gm'))]);
  return found.flatMap(([, from, list]) => {
    const names = list!.split(',').map((name) => name.trim().split(/\s/)[0]!);
    // What is taken from a package may be one of its modules.
    return from ? [from, ...names.map((name) => `${from}.${name}`)] : names;
  });
}

/** Modules of Python find each other by name alone: beside themselves first, then anywhere in the wings. */
function arrowOfPython(from: string, name: string, modules: ReadonlySet<string>): Arrow[] {
  const file = `${name.replaceAll('.', '/')}.py`;
  const beside = path.posix.join(path.posix.dirname(from), file);
  if (modules.has(beside)) return [{ from, to: beside }];
  return [...modules].filter((module) => module.endsWith(`/${file}`)).map((to) => ({ from, to }));
}

/** The room of a module: the innermost folder that is one. */
export function roomOf(rooms: readonly Room[], module: string): Room | undefined {
  return rooms
    .filter((room) => module.startsWith(`${room.path}/`))
    .reduce<Room | undefined>(
      (best, room) => (best && best.path.length > room.path.length ? best : room),
      undefined,
    );
}

/** Imports that the table does not allow, each as a sentence. */
export function strays(rooms: readonly Room[], arrows: readonly Arrow[]): string[] {
  return arrows.flatMap(({ from, to }) => {
    const room = roomOf(rooms, from);
    if (!room) return [`${from} is in no room`];
    return allows(rooms, room, to) ? [] : [`${from} imports ${to}, which ${room.path} may not`];
  });
}

function allows(rooms: readonly Room[], room: Room, to: string): boolean {
  if (!isModule(to)) return room.packages === undefined || room.packages.some((each) => isPackage(each, to));
  const other = roomOf(rooms, to);
  if (other === room) return true;
  return room.imports.some((each) =>
    each.endsWith('/**')
      ? to.startsWith(each.slice(0, -2))
      : each === to || (other !== undefined && each === other.path),
  );
}

const isModule = (to: string) => WINGS.includes(to.split('/')[0]!) || to.startsWith('.');

/** `onnxruntime-node` allows `onnxruntime-node/package.json` too. */
function isPackage(allowed: string, name: string): boolean {
  if (allowed === 'node:*') return name.startsWith('node:');
  return name === allowed || name.startsWith(`${allowed}/`);
}

/** The line that the main file of a room opens with. */
export function openingOf({ holds }: Room): string {
  return `${OPENING}${holds}.`;
}

const OPENING = '// This folder: ';

function withOpening(text: string, room: Room): string {
  const rest = text.startsWith(OPENING) ? text.slice(text.indexOf('\n')).trimStart() : text;
  return `${openingOf(room)}\n\n${rest}`;
}

/** The rooms of the product and of its studies as a list in Markdown: `src` is left out of the paths below it. */
export function roomsList(rooms: readonly Room[]): string {
  const short = (name: string) => `\`${name.replace(/^src\//, '')}\``;
  return rooms
    .filter((room) => /^(src|research)\b/.test(room.path))
    .map(({ path: folder, holds, imports, why }) => {
      const named = imports.map(short).join(', ') || 'nothing else';
      return `- **${short(folder)}**: ${holds}. → ${named}${why ? ` (${why})` : ''}`;
    })
    .join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const root = path.join(import.meta.dirname, '..');
  const rooms = readRooms(root);
  const document = path.join(root, 'docs/architecture.md');
  writeFileSync(document, refreshSection(readFileSync(document, 'utf8'), 'rooms', roomsList(rooms)));
  for (const room of rooms) {
    if (!room.main) continue;
    const file = path.join(root, room.path, room.main);
    writeFileSync(file, withOpening(readFileSync(file, 'utf8'), room));
  }
}
