import { stat } from 'node:fs/promises';
import path from 'node:path';
import { repository } from './harness/paths.ts';
import { missingForEditorTests } from './harness/requirements.ts';
import { startServer } from './harness/server.ts';
import { packedExtension } from './harness/vsix.ts';
import { Workbench } from './harness/workbench.ts';

// Takes the README's picture: the packed extension in the real editor, after real key strokes.
// usage: npm run screenshot

const picture = path.join(repository, 'media', 'ghost-text.png');
const maximumBytes = 200_000;

const before = `export interface Config {
  readonly name: string;
  readonly version: string;
}

/** Reads the configuration of a project. */
export function parseConfig(text: string): Config {
  const config = JSON.parse(text);
  if (typeof config.name !== 'string') {
    throw new Error('config.name must be a string');
  }
`;
const after = `
  return config;
}
`;

async function main(): Promise<void> {
  const missing = missingForEditorTests();
  if (missing !== undefined) throw new Error(missing);
  const server = await startServer({
    vsix: await packedExtension(),
    log: (line) => console.log(line),
    settings: {
      'files.autoSave': 'off',
      'editor.minimap.enabled': false,
      'editor.fontSize': 15,
      'editor.lineHeight': 22,
      'editor.scrollbar.vertical': 'hidden',
      'editor.lightbulb.enabled': 'off',
      'editor.stickyScroll.enabled': false,
      'editor.cursorBlinking': 'solid',
      'editor.overviewRulerBorder': false,
      'editor.hideCursorInOverviewRuler': true,
      'breadcrumbs.enabled': false,
      'window.commandCenter': false,
      'workbench.layoutControl.enabled': false,
      'workbench.activityBar.location': 'hidden',
    },
  });
  try {
    const file = { name: 'config.ts', text: before + after };
    const workbench = await Workbench.open(server, [file], {
      viewport: { width: 860, height: 440 },
      deviceScaleFactor: 2,
    });
    try {
      await workbench.statusItem().waitFor({ timeout: 60_000 });
      await workbench.press('Control+b');
      // Step by step: going to a line by its number would scroll it to the middle.
      const steps = before.split('\n').length - 1;
      await workbench.press('Control+Home', ...new Array<string>(steps).fill('ArrowDown'));
      await workbench.type("  if (typeof config.version !== 'string') {\n");
      const suggestion = await workbench.waitForGhostText();
      // The pointer would light up what it rests on.
      await workbench.page.mouse.move(0, 0);
      await workbench.page.screenshot({ path: picture });
      console.log(`the suggestion: ${suggestion}`);
    } finally {
      await workbench.close();
    }
  } finally {
    await server.stop();
  }
  const { size } = await stat(picture);
  console.log(`${path.relative(repository, picture)}: ${(size / 1000).toFixed(0)} kB`);
  if (size > maximumBytes) throw new Error(`the picture is larger than ${maximumBytes / 1000} kB`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
