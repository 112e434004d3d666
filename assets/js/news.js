// News on this device: reveals the switch where the browser can, asks it for an address, and sends that as an ordinary
// form. The page says how messages are read without it.
(function () {
  'use strict'

  var form = document.querySelector('form[data-news]')
  if (!form || !window.isSecureContext || !('serviceWorker' in navigator) || !('PushManager' in window)) return
  var button = form.querySelector('button')
  var status = form.querySelector('[role=status]')

  function bytes (text) {
    var plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0) })
  }

  function subscribe () {
    return navigator.serviceWorker.register(form.dataset.worker, { scope: '/' }).then(function () {
      return navigator.serviceWorker.ready
    }).then(function (registration) {
      return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.news) })
    })
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault()
    if (button.getAttribute('aria-disabled') === 'true') return
    button.setAttribute('aria-disabled', 'true')
    status.textContent = ''
    subscribe().then(function (subscription) {
      var found = subscription.toJSON()
      form.elements.endpoint.value = found.endpoint
      form.elements.p256dh.value = found.keys.p256dh
      form.elements.auth.value = found.keys.auth
      form.submit()
    }).catch(function (error) {
      status.textContent = error.name === 'NotAllowedError' ? form.dataset.refused : form.dataset.failed
      button.removeAttribute('aria-disabled')
    })
  })
  form.hidden = false
  document.querySelector('[data-no-news]').hidden = true
})()
