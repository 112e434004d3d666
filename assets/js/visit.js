// A visit on a phone whose network comes and goes: what is typed stays on the phone until it is recorded, and is sent
// again by itself. Without this file the form works with «Save» and «Record the visit».
(function () {
  'use strict'
  var PREFIX = 'kunjungan:'
  var WHOLE_NIK = /[0-9](?:[ .-]?[0-9]){15}/
  var LEFT_OUT = ['csrf_token', 'visit', 'whole']
  var PLACE = ['latitude', 'longitude', 'accuracy']
  var AGAIN_MS = 10000

  function forget (key) {
    try { localStorage.removeItem(key) } catch (error) { /* a browser that keeps nothing */ }
  }

  document.querySelectorAll('[data-visit-done]').forEach(function (done) { forget(PREFIX + done.dataset.visitDone) })

  document.querySelectorAll('[data-copy]').forEach(function (button) {
    button.hidden = !navigator.clipboard
    button.addEventListener('click', function () {
      navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(function () {
        document.getElementById(button.dataset.told).hidden = false
      }, function () { button.hidden = true })
    })
  })

  var form = document.querySelector('form[data-visit]')
  if (!form) return
  var key = PREFIX + form.dataset.visit
  var tellings = form.querySelectorAll('[data-tell]')
  var waiting = null

  function tell (name) {
    tellings.forEach(function (telling) { telling.hidden = telling.dataset.tell !== name })
  }

  function typed () {
    var kept = {}
    var agreed = form.elements.place_ok && form.elements.place_ok.checked
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || LEFT_OUT.indexOf(field.name) >= 0 || field.type === 'submit') return
      if (PLACE.indexOf(field.name) >= 0 && !agreed) return
      if (WHOLE_NIK.test(field.value)) return
      var tick = field.type === 'radio' || field.type === 'checkbox'
      kept[field.name] = kept[field.name] || []
      if (!tick) kept[field.name].push(field.value)
      else if (field.checked) kept[field.name].push(field.value)
    })
    return kept
  }

  function keep () {
    try {
      localStorage.setItem(key, JSON.stringify({ saved: form.dataset.saved, typed: typed() }))
    } catch (error) { /* a browser that keeps nothing: the page still holds it */ }
  }

  function restore () {
    var kept
    try { kept = JSON.parse(localStorage.getItem(key)) } catch (error) { kept = null }
    if (!kept || !kept.typed) return
    var places = {}
    Array.prototype.forEach.call(form.elements, function (field) {
      var values = field.name && kept.typed[field.name]
      if (!values || LEFT_OUT.indexOf(field.name) >= 0 || field.type === 'submit') return
      if (field.type === 'radio' || field.type === 'checkbox') {
        field.checked = values.indexOf(field.value) >= 0
      } else {
        places[field.name] = places[field.name] || 0
        if (values[places[field.name]] !== undefined) field.value = values[places[field.name]]
        places[field.name] += 1
      }
    })
    tell('restored')
  }

  function later () {
    tell('offline')
    keep()
    clearTimeout(waiting)
    waiting = setTimeout(send, AGAIN_MS)
  }

  // The answer to the same content is the same however often it is sent, so a broken line costs nothing.
  function send () {
    clearTimeout(waiting)
    waiting = null
    tell('sending')
    fetch(form.action, {
      method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin', redirect: 'manual', cache: 'no-store'
    }).then(function (answer) {
      if (answer.type === 'opaqueredirect') return location.assign(form.dataset.done)
      if (answer.status >= 500) return later()
      form.submit() // refused or changed meanwhile: the browser shows the page that says so
    }, later)
  }

  form.addEventListener('input', keep)
  form.addEventListener('change', keep)
  form.addEventListener('submit', function (event) {
    keep()
    if (event.submitter && event.submitter.hasAttribute('formaction')) return
    event.preventDefault()
    send()
  })
  window.addEventListener('online', function () { if (waiting !== null) send() })

  var here = form.querySelector('[data-place]')
  if (here && navigator.geolocation) {
    here.hidden = false
    here.addEventListener('click', function () {
      if (!form.elements.place_ok.checked) { form.elements.place_ok.focus(); return tell('ask') }
      tell('finding')
      navigator.geolocation.getCurrentPosition(function (found) {
        form.elements.latitude.value = found.coords.latitude.toFixed(6)
        form.elements.longitude.value = found.coords.longitude.toFixed(6)
        form.elements.accuracy.value = String(Math.round(found.coords.accuracy))
        tell('found')
        keep()
      }, function () { tell('unfound') }, { enableHighAccuracy: true, timeout: 20000 })
    })
  }
  restore()
})()
