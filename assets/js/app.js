// The few things a page does by itself. Every page works without this file.
(function () {
  'use strict'
  var root = document.documentElement
  var KEY = 'jumlah-disembunyikan'

  function remembered () {
    try { return localStorage.getItem(KEY) === '1' } catch (error) { return false }
  }

  function remember (hidden) {
    try { localStorage.setItem(KEY, hidden ? '1' : '0') } catch (error) { /* a browser that keeps nothing */ }
  }

  function showAmounts (hidden) {
    root.classList.toggle('amounts-hidden', hidden)
    document.querySelectorAll('[data-amounts-switch]').forEach(function (button) {
      button.hidden = false
      button.setAttribute('aria-pressed', String(hidden))
    })
  }

  // The desk's places are one line on a phone: show the one where the reader is.
  var here = document.querySelector('.staff .places [aria-current]')
  if (here) here.parentNode.scrollLeft = here.offsetLeft - 72

  function prepare (within) {
    within.querySelectorAll('[data-print]').forEach(function (button) { button.hidden = false })
    if (!root.classList.contains('kiosk')) showAmounts(remembered()) // there the server says it
    var problem = within.querySelector('[data-focus]')
    if (problem) {
      problem.removeAttribute('data-focus') // once: a list that refreshes itself must not pull the reader back
      problem.focus()
    }
  }

  document.addEventListener('click', function (event) {
    var target = event.target.closest && event.target.closest('[data-amounts-switch],[data-print]')
    document.querySelectorAll('details.language[open]').forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false
    })
    if (!target) return
    if (target.hasAttribute('data-print')) return window.print()
    remember(!remembered())
    showAmounts(remembered())
  })

  // What an officer typed at a visit stays on the phone until it is recorded, but not past signing out.
  document.addEventListener('submit', function (event) {
    if (event.target.id !== 'sign-out-form') return
    try {
      Object.keys(localStorage).forEach(function (key) { if (key.indexOf('kunjungan:') === 0) localStorage.removeItem(key) })
    } catch (error) { /* a browser that keeps nothing */ }
  })

  // A second tap on «send» while the first is on its way sends nothing: the server would answer the same.
  document.addEventListener('submit', function (event) {
    var buttons = event.target.querySelectorAll('[data-once]')
    if (!buttons.length || event.defaultPrevented) return
    if (buttons[0].getAttribute('aria-disabled') === 'true') return event.preventDefault()
    buttons.forEach(function (button) { button.setAttribute('aria-disabled', 'true') })
    setTimeout(function () { buttons.forEach(function (button) { button.removeAttribute('aria-disabled') }) }, 8000)
  })
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('[data-once]').forEach(function (button) { button.removeAttribute('aria-disabled') })
  })

  // The session ends where nothing happens: say so two minutes before, with one tap to go on.
  var end = document.getElementById('session-end')
  var left = Number(document.body.dataset.left) * 1000
  var WARN = 120000
  var since = Date.now()

  function watchSession () {
    var rest = since + left - Date.now()
    end.hidden = rest > WARN
    end.querySelector('[data-before]').hidden = rest <= 0
    end.querySelector('[data-after]').hidden = rest > 0
    end.querySelector('button').hidden = rest <= 0
  }

  function goOn () {
    fetch(end.dataset.goOn, { credentials: 'same-origin', cache: 'no-store' }).then(function (answer) {
      since = answer.ok ? Date.now() : Date.now() - left
      watchSession()
    }).catch(function () { /* no network: the next tick says what is left */ })
  }

  if (end && left && !root.classList.contains('kiosk')) {
    end.querySelector('button').addEventListener('click', goOn)
    document.addEventListener('htmx:after:request', function () { since = Date.now() })
    setInterval(watchSession, Math.min(5000, left / 8))
  }

  document.addEventListener('htmx:after:swap', function () { prepare(document) })
  prepare(document)
})()
