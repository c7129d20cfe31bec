// Package webauthn reads and checks the answers of authenticators by go-webauthn.
//
// Only the library's protocol package is used, and only by library.go: it parses
// and verifies. What the service demands beyond that (origins to the letter, sizes,
// backup flags, counters) are rules of the domain, which no release of the library changes.
package webauthn
