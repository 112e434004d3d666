// Builds static/dist/: one stylesheet, our script, htmx and the icon, each with a hash in its name,
// minified, and compressed beforehand with brotli and gzip; manifest.json maps plain names to hashed ones.
// What the build before wrote stays, and all of the last month: a server that is running still names it, and so
// does a page that is open. Another folder may be named: node assets/build.js FOLDER.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import * as sass from 'sass'
import { minify } from 'terser'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = process.argv[2] ?? join(root, 'static', 'dist')
const manifestFile = join(out, 'manifest.json')
const KEPT_MS = 30 * 24 * 3600 * 1000

async function script (path) {
  return Buffer.from((await minify(readFileSync(join(root, path), 'utf8'), { module: false })).code)
}

function stylesheet () {
  const { css } = sass.compile(join(root, 'assets/scss/portal.scss'), {
    style: 'compressed',
    loadPaths: [join(root, 'node_modules/govuk-frontend/dist')],
    quietDeps: true
  })
  // Written in pixels, sent in rem: text follows the size that the reader set in the browser.
  return Buffer.from(css.replace(/font-size:([\d.]+)px/g, (_, pixels) => `font-size:${+(pixels / 16).toFixed(4)}rem`))
}

const files = {
  'portal.css': stylesheet(),
  'app.js': await script('assets/js/app.js'),
  'kiosk.js': await script('assets/js/kiosk.js'),
  'papers.js': await script('assets/js/papers.js'),
  'passkeys.js': await script('assets/js/passkeys.js'),
  'news.js': await script('assets/js/news.js'),
  'news-worker.js': await script('assets/js/news-worker.js'),
  'visit.js': await script('assets/js/visit.js'),
  'htmx.js': readFileSync(join(root, 'node_modules/htmx.org/dist/htmx.min.js')),
  'icon.svg': readFileSync(join(root, 'assets/img/icon.svg'))
}

// A file is whole before it has its name: nobody is served half of one.
function put (name, content) {
  writeFileSync(join(out, `${name}.new`), content)
  renameSync(join(out, `${name}.new`), join(out, name))
}

// Hashed files, and what a build that was cut off left, that neither manifest names and that are a month old.
function sweep (manifests) {
  const named = new Set(manifests.flatMap(manifest => Object.values(manifest)))
  for (const name of readdirSync(out)) {
    const ours = /-[0-9a-f]{10}\.[a-z]+(\.br|\.gz)?$|\.new$/.test(name)
    const old = Date.now() - statSync(join(out, name)).mtimeMs > KEPT_MS
    if (ours && old && !named.has(name.replace(/\.(br|gz)$/, ''))) rmSync(join(out, name))
  }
}

mkdirSync(out, { recursive: true })
const before = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, 'utf8')) : {}
const manifest = {}
for (const [name, content] of Object.entries(files)) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
  const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`
  const packed = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  })
  put(hashed, content)
  put(`${hashed}.br`, packed)
  put(`${hashed}.gz`, gzipSync(content, { level: 9 }))
  manifest[name] = hashed
  console.log(`${hashed}: ${content.length} bytes, ${packed.length} with brotli`)
}
put('manifest.json', JSON.stringify(manifest, null, 2))
sweep([before, manifest])
