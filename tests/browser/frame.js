// The frame of a page: what axe judges it by, one line a node. Two pages with one frame differ in words and numbers only.
() => {
  // Names that point at one another, and words that name a place: which is which does not matter, which are the same does.
  const ordinals = new Map()
  const ordinal = (word) => {
    if (!ordinals.has(word)) ordinals.set(word, ordinals.size)
    return ordinals.get(word)
  }
  const pointing = new Set(['id', 'for', 'name', 'list', 'form', 'headers', 'aria-labelledby', 'aria-describedby',
    'aria-controls', 'aria-owns', 'aria-activedescendant', 'aria-errormessage', 'aria-details'])
  const naming = new Set(['alt', 'title', 'placeholder', 'aria-label', 'aria-description'])
  const free = new Set(['value', 'src', 'srcset', 'action', 'formaction', 'nonce', 'integrity', 'datetime', 'd'])
  const heading = 'h1, h2, h3, h4, h5, h6, legend, caption'

  const valued = (element, { name, value }) => {
    if (!value) return name
    if (pointing.has(name)) return `${name}=${value.split(/\s+/).map(ordinal)}`
    if (naming.has(name)) return `${name}=${ordinal(value)}`
    if (name === 'href') return value[0] === '#' ? `href=#${ordinal(value.slice(1))}` : 'href=/'
    if (free.has(name) || name.startsWith('data-') || name.startsWith('hx-')) return `${name}=.`
    if (name === 'content' && !element.httpEquiv && element.name !== 'viewport') return 'content=.'
    return `${name}=${value}`
  }
  // Elements that scroll in themselves must be reached by keys.
  const scrolls = (element) => {
    if (element.scrollWidth <= element.clientWidth && element.scrollHeight <= element.clientHeight) return ''
    const { overflowX, overflowY } = getComputedStyle(element)
    return overflowX === 'visible' && overflowY === 'visible' ? '' : ' scrolls'
  }
  const lines = [`${document.compatMode} ${innerWidth}x${innerHeight} ${Boolean(document.title.trim())}`]
  const read = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const words = node.data.trim()
      if (!words) return
      const named = node.parentElement.closest(heading)
      lines.push(`${depth}"${named ? ordinal(words) : Math.min(words.length, 2)}`)
      return
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return
    const attributes = Array.from(node.attributes, (one) => valued(node, one)).join(' ')
    const state = (node.checked ? ' checked' : '') + (node === document.activeElement ? ' focused' : '')
    lines.push(`${depth}${node.localName} ${attributes}${state}${scrolls(node)}`)
    if (node.localName === 'script' || node.localName === 'style') return
    for (const child of node.childNodes) read(child, depth + 1)
  }
  read(document.documentElement, 0)
  return lines.join('\n')
}
