package ports

import "context"

type originKey struct{}

// WithOrigin returns a ctx that says from where on the network a request comes: an address, or a
// network that one client can have all of. What is scarce is shared out by it.
func WithOrigin(ctx context.Context, origin string) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

// Origin returns what WithOrigin said; empty for work that no stranger asked for, and
// for all that nobody named.
func Origin(ctx context.Context) string {
	origin, _ := ctx.Value(originKey{}).(string)
	return origin
}
