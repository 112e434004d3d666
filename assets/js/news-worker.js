// Runs without a page: says that there is a message, in words that anybody beside the phone may read, and opens the
// portal's own list of messages at a tap. It keeps nothing and answers no request.
(function () {
  'use strict'

  var WORDS = {
    id: { title: 'Portal Keluarga', body: 'Ada pesan baru di portal' },
    en: { title: 'Portal Keluarga', body: 'There is a new message in the portal' },
    jv: { title: 'Portal Keluarga', body: 'Wonten pesen enggal ing portal' },
    su: { title: 'Portal Keluarga', body: 'Aya pesen anyar dina portal' }
  }
  var INBOX = '/pesan'

  // Only the language is taken from what came; whatever else it says is not shown.
  function words (event) {
    try {
      return WORDS[event.data.json().language] || WORDS.id
    } catch (error) {
      return WORDS.id
    }
  }

  self.addEventListener('push', function (event) {
    var said = words(event)
    event.waitUntil(self.registration.showNotification(said.title, { body: said.body, tag: 'pesan', renotify: true }))
  })

  self.addEventListener('notificationclick', function (event) {
    event.notification.close()
    event.waitUntil(self.clients.openWindow(INBOX))
  })
})()
