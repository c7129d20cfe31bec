package bootstrap

import (
	"latchkey/application/ports"
	"latchkey/application/readiness"
)

// newReadiness says whether the service can take requests. Whatever is assembled, and must
// work for that, adds its probe when it is made: what was overridden is never asked.
func newReadiness(clock ports.Clock) *readiness.Service {
	return readiness.New(readiness.Dependencies{Clock: clock})
}
