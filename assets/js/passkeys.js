// Passkeys: reveals what needs them where the browser has them for this address, asks the device's key, and sends its
// answer as an ordinary form. Every page that loads this has another way that works without it.
(function () {
  'use strict'

  function bytes (text) {
    var plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0) })
  }

  function text (buffer) {
    var letters = Array.from(new Uint8Array(buffer), function (byte) { return String.fromCharCode(byte) })
    return btoa(letters.join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  }

  // A key is good for one address and what stands below it, and browsers offer it over TLS or on this machine only.
  function works (site) {
    var here = location.hostname
    var ours = here === site || here.slice(-site.length - 1) === '.' + site
    return ours && window.isSecureContext && !!window.PublicKeyCredential && !!navigator.credentials
  }

  function described (listed) {
    return (listed || []).map(function (one) {
      return Object.assign({}, one, { id: bytes(one.id) })
    })
  }

  function used (options) {
    options.challenge = bytes(options.challenge)
    options.allowCredentials = described(options.allowCredentials)
    return navigator.credentials.get({ publicKey: options }).then(function (found) {
      return answer(found, {
        authenticatorData: text(found.response.authenticatorData),
        signature: text(found.response.signature),
        userHandle: found.response.userHandle ? text(found.response.userHandle) : null
      })
    })
  }

  function made (options) {
    options.challenge = bytes(options.challenge)
    options.user.id = bytes(options.user.id)
    options.excludeCredentials = described(options.excludeCredentials)
    return navigator.credentials.create({ publicKey: options }).then(function (found) {
      return answer(found, {
        attestationObject: text(found.response.attestationObject),
        transports: found.response.getTransports ? found.response.getTransports() : []
      })
    })
  }

  function answer (found, response) {
    response.clientDataJSON = text(found.response.clientDataJSON)
    return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response: response })
  }

  function asked (form) {
    return fetch(form.dataset.ask, { method: 'POST', body: new FormData(form) }).then(function (reply) {
      if (!reply.ok) throw new Error(String(reply.status))
      return reply.json()
    })
  }

  function why (form, error) {
    if (error.name === 'NotAllowedError' || error.name === 'AbortError') return form.dataset.stopped
    return error.name === 'InvalidStateError' && form.dataset.known ? form.dataset.known : form.dataset.failed
  }

  function begin (form, button) {
    button.setAttribute('aria-disabled', 'true')
    form.querySelector('[role=status]').textContent = ''
    var done = form.dataset.options ? made(JSON.parse(form.dataset.options)) : asked(form).then(used)
    return done.then(function (credential) {
      form.elements.credential.value = credential
      form.submit()
    }).catch(function (error) {
      form.querySelector('[role=status]').textContent = why(form, error)
    }).then(function () { button.removeAttribute('aria-disabled') })
  }

  document.querySelectorAll('form[data-passkey]').forEach(function (form) {
    var button = form.querySelector('button')
    form.addEventListener('submit', function (event) {
      event.preventDefault()
      if (button.getAttribute('aria-disabled') !== 'true') begin(form, button)
    })
  })
  document.querySelectorAll('[data-passkey]').forEach(function (part) {
    part.hidden = !works(part.dataset.passkey)
  })
  document.querySelectorAll('[data-no-passkey]').forEach(function (part) {
    part.hidden = works(part.dataset.noPasskey)
  })
})()
