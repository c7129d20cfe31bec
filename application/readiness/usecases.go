package readiness

import "context"

// UseCases is what the activity can do.
type UseCases interface {
	// Failing returns the names of the parts that do not work, in alphabetical order.
	// With none the service can take requests. What it returns is about a second old at most.
	Failing(ctx context.Context) []string
}

// Leaving is the part that fails when the service was told to stop.
const Leaving = "shutdown"
