// Package delivery drains the outbox: what activities left there in their
// transactions (mails to send, subscribers to tell) is done here after the
// commit, at least once each, with patience.
//
// A Worker claims messages, gives each to the handler of its topic, and deletes,
// postpones or buries it. A Recorder puts events into the outbox, one message
// for each subscriber, so that a subscriber that fails holds up no other.
//
// What a mail says is written by the activity that sends it; how it is sent is
// the Mailer's business.
package delivery
