import path from 'node:path';

export const repository = path.resolve(__dirname, '../../..');
/** Where the tests leave screenshots, and what a failing run had on screen. Not in version control. */
export const outputFolder = path.join(repository, 'out', 'editor');
