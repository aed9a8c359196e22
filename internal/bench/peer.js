// sharp's side: answers orders from standard input, one JSON a line.
// Arguments: the folder whose node_modules has sharp, and sharp's concurrency.
const fs = require('node:fs');
const path = require('node:path');
const [folder, cores] = process.argv.slice(1);
const sharp = require('node:module').createRequire(path.join(folder, 'x.js'))('sharp');
if (Number(cores) > 0) sharp.concurrency(Number(cores));
sharp.cache(false); // no answer that was computed before

const files = new Map();
const read = (name) => files.get(name) ?? files.set(name, fs.readFileSync(name)).get(name);

const compile = (task) => ({ input: read(task.file), calls: task.sharp.map((text) => new Function('s', `return ${text}`)) });

async function transform({ input, calls }, raw) {
  let s = raw ? sharp(input, { raw }) : sharp(input).autoOrient();
  for (const call of calls.slice(0, -1)) {
    const { data, info } = await call(s).raw().toBuffer({ resolveWithObject: true });
    s = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  }
  return calls.at(-1)(s).toBuffer();
}

async function run({ tasks, count, workers, save, fresh, raw }) {
  if (fresh) files.clear();
  const compiled = tasks.map(compile);
  let next = 0;
  let last;
  const loop = async () => {
    while (next < count) last = await transform(compiled[next++ % compiled.length], raw);
  };
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  await Promise.all(Array.from({ length: workers }, loop));
  const took = Number(process.hrtime.bigint() - wall);
  const used = process.cpuUsage(cpu);
  if (save) fs.writeFileSync(save, last);
  return { wall: took, cpu: (used.user + used.system) * 1000, bytes: last.length };
}

async function compare(names) {
  const [a, b] = await Promise.all(
    names.map((name) => sharp(name).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  const sizes = [a, b].map(({ info }) => [info.width, info.height]);
  let sum = 0;
  const same = a.data.length === b.data.length;
  if (same) for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2;
  return { sizes, mse: same ? sum / a.data.length : 0 };
}

// The peak that getrusage tells may be that of the process that started this
// one, so Linux is asked for it in another way.
function peak() {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}

const version = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}, Node ${process.versions.node}, sharp.concurrency ${sharp.concurrency()}`;

async function main() {
  const lines = require('node:readline').createInterface({ input: process.stdin });
  for await (const line of lines) {
    const order = JSON.parse(line);
    let answer;
    try {
      answer = order.compare ? await compare(order.compare) : order.tasks ? await run(order) : {};
    } catch (error) {
      answer = { error: error.message };
    }
    process.stdout.write(`${JSON.stringify({ ...answer, version, peak: peak() })}\n`);
  }
}
main();
