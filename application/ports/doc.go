// Package ports is every driven port on one page: what can be replaced, and
// what a replacement must promise.
//
// All implementations are safe for concurrent use, take the transaction that
// travels in ctx when there is one, and return the faults that a comment names;
// any other error is a failure and not a refusal. Times are UTC and come from
// the caller. The suites in tests/conformance hold an implementation to the
// promises written here.
package ports
