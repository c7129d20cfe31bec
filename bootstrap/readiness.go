package bootstrap

import "latchkey/application/readiness"

// newReadiness says whether the service can take requests. Whatever is assembled, and must
// work for that, adds its probe when it is made: what was overridden is never asked.
func newReadiness() *readiness.Service { return readiness.New() }
