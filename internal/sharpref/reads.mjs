// Says for every file that is named on standard input, a line each, whether
// sharp makes a preview of it:
//
//   find FOLDER -type f | node reads.mjs >outcomes
//
// The answers are lines of JSON. Damage that sharp would warn of is an error
// to it by default, and stays one.

import readline from 'node:readline';
import sharp from 'sharp';

sharp.cache(false);
sharp.concurrency(1);
const skip = Number(process.argv[2] ?? 0);
let line = 0;
for await (const name of readline.createInterface({ input: process.stdin })) {
  if (line++ < skip) continue;
  const answer = { name };
  // Standard error tells which file ended the process, where one did.
  process.stderr.write(`${line} ${name}\n`);
  try {
    const { info } = await sharp(name, { limitInputPixels: 50e6 }).timeout({ seconds: 60 }).resize(256).webp()
      .toBuffer({ resolveWithObject: true });
    answer.size = [info.width, info.height];
  } catch (e) {
    answer.error = e.message;
  }
  console.log(JSON.stringify(answer));
}
