// Records what sharp computes, so that the tests in Go can hold their edits
// against it without Node.
//
//	npm install
//	node record.mjs                                    rewrites testdata
//	node record.mjs --deep                             rewrites testdata/deep
//	node record.mjs --out DIR --random N --seed S      N random cases instead
//
// package.json pins sharp, and this script runs with no other version: that is
// the one place to change when sharp's next release is to be compared with.
// Recording again with the same version changes no byte.
//
// Every case is one call of sharp on raw pixels (for EXIF orientation, on a
// PNG). In the output directory are
//
//	pictures.zip  the inputs, as PNG
//	EDIT.zip      cases.json, and what sharp made of each case, as PNG
//	sizes.csv     2000 resizes: the input's width and height, then fit, width,
//	              height (0: left out), upscale, downscale, then the width and
//	              height of sharp's result
//
// records.go reads them, TestParity in package luna uses them, and
// TestParityLive runs this script for random cases.
//
// The files: cases.mjs holds the cases, calls.mjs how an edit is said in sharp's
// words, pictures.mjs the pictures, files.mjs PNG and zip, random.mjs chance.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

import { run } from './calls.mjs';
import { deepSets, sets, sizeCase } from './cases.mjs';
import { png, zip } from './files.mjs';
import { make, nameOf } from './pictures.mjs';
import { Random } from './random.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(import.meta.url); // heeds NODE_PATH, as import does not
const sharp = require('sharp');
const pinned = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8')).dependencies.sharp;
if (sharp.versions.sharp !== pinned) {
  throw new Error(`package.json pins sharp ${pinned}; installed is ${sharp.versions.sharp}`);
}
sharp.concurrency(1);

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    random: { type: 'string' },
    seed: { type: 'string', default: '1' },
    deep: { type: 'boolean', default: false },
  },
});

values.out ??= path.join(here, 'testdata', values.deep ? 'deep' : '');

// list returns the cases of a set: the table, filled up by random ones.
function list(name, { table, random, recorded }, rng) {
  const cases = [...table];
  while (cases.length < recorded) cases.push(random(rng, false));
  return cases;
}

// draw returns n random cases, by set.
function draw(n, rng) {
  const drawn = Object.fromEntries(Object.keys(sets).map((name) => [name, []]));
  for (let i = 0; i < n; i++) {
    const name = rng.one(...Object.keys(sets), 'resize', 'resize', 'resize');
    drawn[name].push(sets[name].random(rng, true));
  }
  return drawn;
}

const pictures = new Map();

// input makes sure that a picture is among the inputs, and returns its name.
function input(description) {
  const name = nameOf(description);
  if (!pictures.has(name)) pictures.set(name, png(make(description)));
  return name;
}

async function record(name, cases) {
  const files = new Map();
  const lines = [];
  for (const [i, { picture, edit, layer, fails }] of cases.entries()) {
    const number = String(i + 1).padStart(3, '0');
    const line = { name: number, picture: input(picture), edits: [edit] };
    if (layer) line.layer = input(layer);
    if (picture.deep) line.deep = true;
    try {
      const { data, info } = await run(sharp, make(picture), edit, layer);
      if (fails) throw new Error('sharp did not refuse this');
      Object.assign(line, { width: info.width, height: info.height });
      files.set(`${number}.png`, png({ width: info.width, height: info.height, channels: info.channels, data }));
    } catch (err) {
      if (!fails) throw new Error(`${name} ${number}: ${JSON.stringify(line)}`, { cause: err });
      line.error = err.message;
    }
    lines.push(JSON.stringify(line));
  }
  const head = JSON.stringify({ edit: name, sharp: sharp.versions.sharp, libvips: sharp.versions.vips }).slice(0, -1);
  const index = `${head},"cases":[\n${lines.join(',\n')}\n]}\n`;
  write(name.replaceAll(' ', '-') + '.zip', zip(new Map([['cases.json', Buffer.from(index)], ...files])));
}

async function recordSizes(n, rng) {
  const lines = [];
  while (lines.length < n) {
    const c = sizeCase(rng);
    const [width, height] = c.from;
    // A line that covers a square would have a million pixels' length.
    if (Math.max(c.width, c.height) * Math.max(width / height, height / width) > 30000) continue;
    const s = sharp(Buffer.alloc(width * height), { raw: { width, height, channels: 1 } }).resize({
      width: c.width,
      height: c.height || undefined,
      fit: c.fit,
      withoutEnlargement: !c.upscale,
      withoutReduction: !c.downscale,
    });
    const { info } = await s.raw().toBuffer({ resolveWithObject: true });
    lines.push([width, height, c.fit, c.width, c.height, +c.upscale, +c.downscale, info.width, info.height].join());
  }
  write('sizes.csv', lines.join('\n') + '\n');
}

function write(name, bytes) {
  fs.writeFileSync(path.join(values.out, name), bytes);
}

const rng = new Random(Number(values.seed));
if (values.deep) {
  // In and out with 16 bits a sample, which sharp does when it is told to.
  for (const name of deepSets) {
    const cases = [];
    const chance = new Random(2);
    while (cases.length < 24) {
      const c = sets[name].random(chance, false);
      if (c.picture.width * c.picture.height > 3000 || /entropy|attention/.test(JSON.stringify(c.edit))) continue;
      cases.push({ ...c, picture: { ...c.picture, deep: true, out16: true } });
    }
    await record(name, cases);
  }
} else if (values.random === undefined) {
  for (const [name, set] of Object.entries(sets)) await record(name, list(name, set, new Random(1)));
  await recordSizes(2000, rng);
} else {
  for (const [name, cases] of Object.entries(draw(Number(values.random), rng))) await record(name, cases);
  await recordSizes(Number(values.random), rng);
}
write('pictures.zip', zip(pictures));
