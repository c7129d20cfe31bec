// Package bench measures the service: what a request costs beside the least that it
// could cost, what happens under many clients, and what depends on how many accounts
// there are. A plain "go test" runs each measurement for a moment, to see that it works.
package bench
