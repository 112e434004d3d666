// Builds static/dist/: one stylesheet, our script, htmx and the icon, each with a hash in its name,
// minified, and compressed beforehand with brotli and gzip; manifest.json maps plain names to hashed ones.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import * as sass from 'sass'
import { minify } from 'terser'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = join(root, 'static', 'dist')
const fresh = `${out}.new`

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
  'htmx.js': readFileSync(join(root, 'node_modules/htmx.org/dist/htmx.min.js')),
  'icon.svg': readFileSync(join(root, 'assets/img/icon.svg'))
}

rmSync(fresh, { recursive: true, force: true })
mkdirSync(fresh, { recursive: true })
const manifest = {}
for (const [name, content] of Object.entries(files)) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
  const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`
  const packed = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  })
  writeFileSync(join(fresh, hashed), content)
  writeFileSync(join(fresh, `${hashed}.br`), packed)
  writeFileSync(join(fresh, `${hashed}.gz`), gzipSync(content, { level: 9 }))
  manifest[name] = hashed
  console.log(`${hashed}: ${content.length} bytes, ${packed.length} with brotli`)
}
writeFileSync(join(fresh, 'manifest.json'), JSON.stringify(manifest, null, 2))
rmSync(out, { recursive: true, force: true })
renameSync(fresh, out)
