// Package readiness says whether the service can take requests: it asks the probes of
// the parts that the service cannot work without, at most about once a second whoever
// asks, and says no from the moment in which the service is told to stop.
package readiness
