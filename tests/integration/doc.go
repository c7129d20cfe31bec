// Package integration tests the service where users meet it: real processes,
// real mail dialogues, real sockets, a real browser.
package integration
