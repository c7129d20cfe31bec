package oauthlogin

import (
	"context"

	"github.com/go-jose/go-jose/v4"
)

// publisher is a kind of provider that publishes keys.
type publisher interface{ published() *keys }

func (g google) published() *keys    { return g.idTokens.keys }
func (a apple) published() *keys     { return a.idTokens.keys }
func (m microsoft) published() *keys { return m.idTokens.keys }
func (o *openID) published() *keys   { return o.keys }

// Probes returns, for each provider that publishes something, a call that fetches its
// discovery document and keys. Others can be asked about somebody's proof only.
func (p *Providers) Probes() map[string]func(context.Context) error {
	probes := map[string]func(context.Context) error{}
	for name, found := range p.byName {
		kind, ok := found.kind.(publisher)
		if !ok {
			continue
		}
		probes[name] = func(ctx context.Context) error {
			_, err := kind.published().cache.get(ctx, func(set []jose.JSONWebKey) bool { return len(set) > 0 })
			return err
		}
	}
	return probes
}
