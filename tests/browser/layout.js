// What a page breaks by its layout. `tap` is the smallest side of what is tapped, in CSS pixels.
(tap) => {
  const faults = []
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth > width) {
    for (const element of document.body.querySelectorAll('*')) {
      const box = element.getBoundingClientRect()
      const inside = element.closest('.table-wrap, [role=region][tabindex]')
      if (box.right > width + 1 && !inside && box.width > 0) {
        const name = `${element.tagName.toLowerCase()}.${element.className}`
        faults.push(`wider than the screen: ${name} ends at ${Math.round(box.right)}`)
      }
    }
    faults.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} px on ${width} px`)
  }
  const tapped = [
    'button', '.govuk-button', 'summary', 'select', 'nav a',
    'input:not([type=hidden]):not([type=checkbox]):not([type=radio])',
  ].join()
  for (const element of document.querySelectorAll(tapped)) {
    const box = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    if (!box.width || style.visibility === 'hidden' || element.closest('.govuk-skip-link')) continue
    if (box.height < tap - 0.5 || box.width < tap - 0.5) {
      const name = (element.innerText || element.name || element.ariaLabel || '').trim().slice(0, 40)
      faults.push(`too small to tap: ${element.tagName.toLowerCase()} «${name}» ${Math.round(box.width)}x${Math.round(box.height)}`)
    }
  }
  for (const element of document.querySelectorAll('.govuk-radios__item, .govuk-checkboxes__item')) {
    const box = element.getBoundingClientRect()
    if (box.height && box.height < tap - 0.5) faults.push(`too small to tap: choice ${element.innerText.trim().slice(0, 40)}`)
  }
  return faults
}
