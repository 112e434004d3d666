// A device that families use one after the other: closes itself, and leaves nothing to go back to.
(function () {
  'use strict'
  var bar = document.querySelector('[data-kiosk-idle]')
  if (!bar) return
  var ask = document.querySelector('[data-kiosk-ask]')
  var count = document.querySelector('[data-kiosk-count]')
  var time = document.querySelector('[data-kiosk-time]')
  var idle = Number(bar.dataset.kioskIdle) * 1000
  var warn = Math.min(20000, idle / 3)
  var words = time.textContent
  var touched = Date.now()
  var told = touched // when the server last heard of somebody here
  var over = false
  var before = null // where the focus was when the question came

  try { localStorage.clear(); sessionStorage.clear() } catch (error) { /* a browser that keeps nothing */ }

  // What was open before is never shown from the browser's memory.
  window.addEventListener('pageshow', function (event) {
    if (!event.persisted) return
    document.body.hidden = true
    location.reload()
  })

  document.querySelectorAll('input, textarea, select, form').forEach(function (field) {
    field.setAttribute('autocomplete', field.type === 'password' ? 'new-password' : 'off')
  })

  // A page that is left does not stay in the history, so «back» leads to the start.
  document.addEventListener('click', function (event) {
    var link = event.target.closest && event.target.closest('a[href]')
    if (!link || event.defaultPrevented || link.origin !== location.origin) return
    if (link.pathname === location.pathname && link.hash) return
    event.preventDefault()
    location.replace(link.href)
  })

  if (document.body.classList.contains('kiosk-start')) return // nobody is here yet: nothing to close

  function show (left) {
    var seconds = Math.max(0, Math.ceil(left / 1000))
    var asking = left <= warn
    time.textContent = words.replace(/\d+/, seconds)
    count.textContent = seconds
    if (asking === !ask.hidden) return
    ask.hidden = !asking
    if (asking) {
      before = document.activeElement
      ask.querySelector('[data-kiosk-go-on]').focus()
    } else if (before && before.focus) before.focus()
  }

  function stay () {
    if (over) return
    touched = Date.now()
    show(idle)
    if (touched - told < Math.min(30000, idle / 3)) return
    told = touched
    fetch(bar.dataset.kioskPing, { credentials: 'same-origin', cache: 'no-store' }).catch(function () {})
  }

  function touch (event) {
    if (!event.target.closest || !event.target.closest('.kiosk-ask-card')) stay() // its buttons say it themselves
  }

  ;['pointerdown', 'keydown', 'input', 'wheel', 'touchmove'].forEach(function (kind) {
    document.addEventListener(kind, touch, { passive: true })
  })
  ask.querySelector('[data-kiosk-go-on]').addEventListener('click', stay)

  setInterval(function () {
    if (over) return
    var left = touched + idle - Date.now()
    show(left)
    if (left > 0) return
    over = true
    location.replace(bar.dataset.kioskEnd)
  }, 250)
})()
