// Loaded before a program: everything that it writes fails with the code that DISK_FAULT names, ENOSPC or EROFS say.
const fs = require('node:fs');

const fail = (name) => async (file) => {
  const code = process.env.DISK_FAULT;
  // What found room stands there.
  if (code === 'ENOSPC') fs.writeFileSync(file, '{"hal');
  throw Object.assign(new Error(`${code}: ${name} '${file}'`), { code, syscall: name, path: String(file) });
};
// A folder can still be made on a full disk, where it is there already.
const broken = process.env.DISK_FAULT === 'ENOSPC' ? ['writeFile'] : ['writeFile', 'mkdir', 'rename'];
for (const name of broken) fs.promises[name] = fail(name);
