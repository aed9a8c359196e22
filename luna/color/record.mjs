// Records what sharp makes of the TIFF files of a directory: for each it writes
// NAME.rgb, the samples of its sRGB, 8 bits, red, green, blue. The tests of this
// package make those files and run it:
//
//	NODE_PATH=… go test ./luna/color -run TestRecord -record
//
// It runs with the version of sharp that internal/sharpref pins, and no other.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(import.meta.url); // heeds NODE_PATH, as import does not
const sharp = require('sharp');
const pinned = JSON.parse(fs.readFileSync(path.join(here, '../../internal/sharpref/package.json'), 'utf8')).dependencies.sharp;
if (sharp.versions.sharp !== pinned) {
  throw new Error(`package.json pins sharp ${pinned}; installed is ${sharp.versions.sharp}`);
}

const dir = process.argv[2];
for (const file of fs.readdirSync(dir).filter((f) => f.endsWith('.tif'))) {
  const { data, info } = await sharp(path.join(dir, file)).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 && info.channels !== 1) throw new Error(`${file}: ${info.channels} channels`);
  const rgb = info.channels === 3 ? data : Buffer.from([...data].flatMap((v) => [v, v, v]));
  fs.writeFileSync(path.join(dir, path.basename(file, '.tif') + '.rgb'), rgb);
}
